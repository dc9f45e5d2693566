using Orchestrator.Cli.Client;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Watching;

/// <summary>A watched job as plain lines, one for each change: for logs, pipes and terminals that cannot redraw.</summary>
public sealed class StepLines(TextWriter writer)
{
    private readonly Dictionary<string, string> _seen = new(StringComparer.Ordinal);
    private string? _parked;

    public void Show(JobView job)
    {
        foreach (var step in job.Steps ?? [])
        {
            var state = $"{step.Status}/{step.Visit}/{step.Attempt}";
            if (!step.HasStarted || (_seen.TryGetValue(step.StepId, out var before) && before == state))
                continue;
            _seen[step.StepId] = state;
            var took = step.IsOver && step.StartedAt is { } start && step.FinishedAt is { } end ? $" {Ages.Short(end - start)}" : "";
            var again = step.Visit > 1 || step.Attempt > 1 ? $" try {step.Visit}.{step.Attempt}" : "";
            var text = StepText.Of(step);
            writer.WriteLine(TerminalText.OneLine($"{StatusWord.Plain(step.Status)}  {step.StepId}  {step.Agent}{again}{took}{(text.Length > 0 ? $"  {text}" : "")}"));
        }

        var parked = job.Parked is { } reason ? $"‖ waits: {reason.Reason}: {reason.Detail}" : null;
        if (parked is not null && parked != _parked)
            writer.WriteLine(TerminalText.OneLine(parked));
        _parked = parked;
    }
}
