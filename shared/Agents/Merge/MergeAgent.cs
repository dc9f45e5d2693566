using Orchestrator.Contracts.Steps;

namespace Orchestrator.Agents.Merge;

/// <summary>Adds nothing: the merge of the work that the step starts from is its result. In this process, without a model.</summary>
public sealed class MergeAgent : ICodingAgent
{
    /// <inheritdoc />
    public string Name => AgentNames.Merge;

    /// <inheritdoc />
    public bool NeedsBox => false;

    /// <inheritdoc />
    public ModelApi? Model => null;

    /// <inheritdoc />
    public Task<AgentResult> RunAsync(AgentRun run, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var summary = run.Step.DependsOn is { Count: > 0 } parents ? $"Merged the work of {string.Join(", ", parents)}." : "Nothing had to be merged.";
        return Task.FromResult(new AgentResult { Outcome = StepOutcome.Succeeded, Summary = summary, Report = summary + "\n" });
    }
}
