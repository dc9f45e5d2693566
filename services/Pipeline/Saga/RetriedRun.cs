using Orchestrator.Contracts.Jobs;
using Orchestrator.Pipeline.Graph;

namespace Orchestrator.Pipeline.Saga;

/// <summary>How a run begins that follows another. Pure: what was accepted stays, what failed or was left out begins anew, and so does all that depends on it.</summary>
public static class RetriedRun
{
    /// <summary>The progress with which the run begins.</summary>
    /// <param name="earlier">The run before it.</param>
    /// <param name="plan">The plan, the same for all runs of a job.</param>
    /// <param name="retry">What was asked for.</param>
    public static RunProgress After(PipelineState earlier, RunPlan plan, RunRetry retry)
    {
        var before = earlier.Progress;
        var again = Again(before, plan.Graph(), retry.From);
        var kept = before.Steps.FindAll(step => !again.Contains(step.Id));
        return new RunProgress
        {
            Launches = before.Launches,
            EarlierLaunches = before.Launches,
            EarlierMicroUsd = before.EarlierMicroUsd + before.Usage.CostMicroUsd,
            Reused = [.. kept.Where(step => step.Phase != StepPhase.Skipped).Select(step => step.Id)],

            // Work that is kept has a base; with none kept the repository is looked at anew.
            BaseCommit = kept.Exists(step => step.Report is not null) ? before.BaseCommit : null,
            AwaitingApproval = plan.RequiresApproval && before.Launches == 0,
            Comments = [.. before.Comments, .. string.IsNullOrWhiteSpace(retry.Comment) ? [] : new[] { $"{retry.Actor}: {retry.Comment}" }],
            ReleasedSecrets = before.ReleasedSecrets,
            Steps = [.. before.Steps.Select(step => again.Contains(step.Id) ? Anew(step, earlier.Run) : step)],
        };
    }

    private static HashSet<string> Again(RunProgress before, StepGraph graph, string? from)
    {
        var again = new HashSet<string>(StringComparer.Ordinal);
        foreach (var step in before.Steps.Where(step => string.Equals(step.Id, from, StringComparison.Ordinal) || !IsAccepted(before, graph, step)))
            again.UnionWith(graph.WithDescendants(step.Id));
        return again;
    }

    /// <summary>Done, or its failure was accepted by its rule or a person, or a jump ahead passed over it.</summary>
    private static bool IsAccepted(RunProgress before, StepGraph graph, StepProgress step) =>
        step.Phase is StepPhase.Succeeded or StepPhase.Tolerated
        || step is { Phase: StepPhase.Skipped, PassedOver: true }
        // Runs of before wrote no word about it.
        || (step is { Phase: StepPhase.Skipped, Attempt: 0 } && graph.WithDescendants(step.Id).Any(id => before.Find(id) is { Attempt: > 0 }));

    private static StepProgress Anew(StepProgress step, int run) => new()
    {
        Id = step.Id,
        Comments = step is { Phase: StepPhase.Failed, Report.ErrorMessage: { } message } ? [.. step.Comments, $"Run {run} failed here: {message}"] : step.Comments,
    };
}
