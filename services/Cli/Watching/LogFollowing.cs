using Orchestrator.Cli.Client;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Watching;

/// <summary>Follows the logs of steps that run at the same time and writes them line by line, so that their lines do not mix.</summary>
public sealed class LogFollowing(OrchestratorClient server, Terminal terminal, string jobId)
{
    // A program that never ends its line must not fill our memory.
    private const int LongestLine = 64 * 1024;

    private readonly Dictionary<string, Task> _launches = new(StringComparer.Ordinal);
    private readonly Lock _writing = new();

    /// <summary>Starts with a launch that is new; one that is being followed already goes on.</summary>
    public void Follow(StepView step, bool prefixed, CancellationToken stop)
    {
        var launch = $"{step.StepId}/{step.Visit}/{step.Attempt}";
        if (!_launches.ContainsKey(launch))
            _launches[launch] = FollowAsync(step, prefixed ? $"[{step.StepId}] " : "", stop);
    }

    public Task DrainAsync() => Task.WhenAll(_launches.Values);

    private async Task FollowAsync(StepView step, string prefix, CancellationToken stop)
    {
        var rest = "";
        await foreach (var piece in server.LogEventsAsync(jobId, step.StepId, limit => IsOverAsync(step, limit), stop))
        {
            rest += piece.Json()?.Text("text") ?? "";
            var end = rest.Length > LongestLine ? rest.Length - 1 : rest.LastIndexOf('\n');
            if (end < 0)
                continue;
            Write(prefix, rest[..end]);
            rest = rest[(end + 1)..];
        }

        if (rest.Length > 0)
            Write(prefix, rest);
    }

    private async Task<bool> IsOverAsync(StepView step, CancellationToken stop)
    {
        var job = (await server.JobAsync(jobId, stop)).Value;
        var now = job.Steps?.FirstOrDefault(candidate => string.Equals(candidate.StepId, step.StepId, StringComparison.Ordinal));
        return job.IsOver || now is null || now.Status != "running" || now.Visit != step.Visit || now.Attempt != step.Attempt;
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
