using System.Text;

namespace Orchestrator.Execution.Processes;

/// <summary>Finds the processes that belong to one run.</summary>
internal interface IProcessTree
{
    /// <summary>Asks the main process to end.</summary>
    void Terminate();

    /// <summary>Living processes of the run.</summary>
    IReadOnlyList<int> Find();
}

/// <summary>A bubblewrap run: the wrapper's two processes carry the mark in their arguments, and all others die with the inner one, which is their PID 1.</summary>
internal sealed class NamespaceTree(string mark) : IProcessTree
{
    private readonly byte[] _mark = Encoding.UTF8.GetBytes(mark);

    public void Terminate()
    {
        var living = ProcFile.Living();
        var wrappers = living.Where(IsWrapper).Select(process => process.Pid).ToHashSet();
        // The first child of the namespace's init is the agent; a signal to the wrapper itself would give it no grace.
        foreach (var process in living.Where(process => wrappers.Contains(process.Parent) && ProcFile.InnerPid(process.Pid) == 2))
            Signals.Send(process.Pid, Signals.Terminate);
    }

    public IReadOnlyList<int> Find() => [.. ProcFile.Living().Where(IsWrapper).Select(process => process.Pid)];

    private bool IsWrapper(ProcEntry process) => ProcFile.Has(process.Pid, "cmdline", _mark);
}

/// <summary>An unboxed run: what is in its session, descends from a known member, or carries the mark in its environment.</summary>
internal sealed class GroupTree(int leader, string mark) : IProcessTree
{
    /// <summary>Name of the variable that marks every process of an unboxed run.</summary>
    public const string MarkVariable = "ORCHESTRATOR_LAUNCH";

    private readonly byte[] _mark = Encoding.UTF8.GetBytes($"{MarkVariable}={mark}");
    private readonly HashSet<(int Pid, long StartTicks)> _known = [];

    public void Terminate()
    {
        // Descent is lost when a parent ends, so it is looked at before anything is.
        Find();
        Signals.SendToGroup(leader, Signals.Terminate);
    }

    public IReadOnlyList<int> Find()
    {
        var living = ProcFile.Living();
        var children = living.ToLookup(process => process.Parent);
        var found = new HashSet<int>();
        var queue = new Queue<ProcEntry>(living.Where(IsRoot));
        while (queue.TryDequeue(out var process))
        {
            if (process.Pid == Environment.ProcessId || !found.Add(process.Pid))
                continue;
            _known.Add((process.Pid, process.StartTicks));
            foreach (var child in children[process.Pid])
                queue.Enqueue(child);
        }

        return [.. found];
    }

    private bool IsRoot(ProcEntry process) =>
        process.Pid == leader
        || process.Session == leader
        || _known.Contains((process.Pid, process.StartTicks))
        || ProcFile.Has(process.Pid, "environ", _mark);
}
