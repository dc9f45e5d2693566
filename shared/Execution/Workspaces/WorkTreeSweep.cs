using System.Text;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.Execution.Workspaces;

/// <summary>
/// Looks through a work tree that an agent has left, before git does: takes out nested git folders (git would read their configuration and record them as
/// submodules), sockets, pipes and devices, and counts what changed. The agent's processes must have ended.
/// </summary>
internal sealed class WorkTreeSweep
{
    private const int MaxDepth = 256;

    private readonly ExecutionOptions options;
    private readonly long since;
    private int entries;

    private WorkTreeSweep(ExecutionOptions options, long since)
    {
        this.options = options;
        this.since = since;
    }

    /// <summary>Files and links, changed or not.</summary>
    public int Files { get; private set; }

    /// <summary>Files and links touched since the checkout, ignored ones included.</summary>
    public int TouchedFiles { get; private set; }

    /// <summary>Their bytes.</summary>
    public long TouchedBytes { get; private set; }

    /// <summary>Entries that were taken out.</summary>
    public int Removed { get; private set; }

    /// <summary>Whether what was touched, ignored files included, is within the limits; if not, a closer look has to tell.</summary>
    public bool IsWithinLimits => TouchedFiles <= options.MaxChangedFiles && TouchedBytes <= options.MaxChangedBytes;

    /// <summary>Sweeps the tree.</summary>
    /// <param name="workTree">The tree.</param>
    /// <param name="since">Change time of the newest file of the checkout, nanoseconds since 1970.</param>
    /// <param name="options">The limits.</param>
    /// <exception cref="WorkspaceException"><see cref="ErrorCodes.WorkTooLarge"/>.</exception>
    public static WorkTreeSweep Run(string workTree, long since, ExecutionOptions options)
    {
        var sweep = new WorkTreeSweep(options, since);
        using var top = DirectoryHandle.Open(workTree);
        sweep.Visit(top, 0);
        return sweep;
    }

    /// <summary>Change time of a file in a folder of the host, nanoseconds since 1970; 0 when there is none.</summary>
    public static long ChangeTime(string folder, string name)
    {
        if (!File.Exists(Path.Join(folder, name)))
            return 0;
        using var handle = DirectoryHandle.Open(folder);
        return handle.Status([.. Encoding.UTF8.GetBytes(name), 0]).ChangedAt;
    }

    /// <summary>Bytes of a file of the tree; 0 when there is none. The kernel gets the name as one path, so it must have been swept.</summary>
    public static long Length(string workTree, byte[] name)
    {
        using var top = DirectoryHandle.Open(workTree);
        return top.TryStatus([.. name, 0])?.Length ?? 0;
    }

    private void Visit(DirectoryHandle folder, int depth)
    {
        if (depth > MaxDepth)
            throw new WorkspaceException(ErrorCodes.WorkTooLarge, $"The work tree has folders nested deeper than {MaxDepth} levels. Remove them in the step that makes them.");
        foreach (var entry in folder.Read())
        {
            if (++entries > options.MaxEntries)
                throw new WorkspaceException(ErrorCodes.WorkTooLarge, $"The work tree has more than {options.MaxEntries} entries (Execution:MaxEntries).");
            var status = folder.Status(entry.Name);
            if (ReservedNames.Contains(entry.Name) || status.Kind == EntryKind.Link && ReservedNames.ContainsForLinks(entry.Name) || status.Kind == EntryKind.Unknown)
            {
                // The throw-away repository at the top is ours, not the agent's.
                Removed += depth == 0 && entry.Name.AsSpan().SequenceEqual(".git\0"u8) ? 0 : 1;
                FolderRemoval.Remove(folder, entry);
            }
            else if (status.Kind == EntryKind.Folder)
            {
                using var inner = folder.OpenFolder(entry.Name);
                Visit(inner, depth + 1);
            }
            else
            {
                Count(status);
            }
        }
    }

    private void Count(EntryStatus status)
    {
        Files++;
        if (status.ChangedAt <= since)
            return;
        TouchedFiles++;
        TouchedBytes += status.Length;
    }
}
