using Orchestrator.Cli.Client;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Watching;

/// <summary>Follows the logs of steps that run at the same time and writes them line by line, so that their lines do not mix.</summary>
public sealed class LogFollowing(OrchestratorClient server, Terminal terminal, string jobId) : IDisposable
{
    private readonly Dictionary<string, StepLog> _steps = new(StringComparer.Ordinal);
    private readonly Lock _writing = new();

    /// <summary>Starts with a step that is new and with a launch of it that is new; what is being followed already goes on.</summary>
    public void Follow(StepView step, bool prefixed, CancellationToken stop)
    {
        if (!_steps.TryGetValue(step.StepId, out var log))
        {
            var prefix = prefixed ? $"[{step.StepId}] " : "";
            _steps[step.StepId] = log = new StepLog(server, jobId, step.StepId, lines => Write(prefix, lines));
        }

        log.Follow($"{step.Visit}/{step.Attempt}", stop);
    }

    /// <summary>Writes what is left. The streams of a job that is over end by themselves; those of one that waits for a person would not.</summary>
    public Task DrainAsync(JobView last, CancellationToken stop) =>
        Task.WhenAll(_steps.Values.Select(log => last.IsOver ? log.EndAsync() : log.CutAsync(stop)));

    public void Dispose()
    {
        foreach (var log in _steps.Values)
            log.Dispose();
    }

    private void Write(string prefix, string lines)
    {
        lock (_writing)
        {
            foreach (var line in lines.Split('\n'))
                terminal.Out.WriteLine(prefix + (terminal.OutIsTerminal ? TerminalText.Clean(line) : line));
        }
    }
}
