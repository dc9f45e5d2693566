namespace Orchestrator.Pipeline.Saga;

/// <summary>
/// All steps of a run start from one base: what the repository held when the first launch looked. Until that is known one launch at a time is on
/// its way, and when it fails before it knows, the next one looks.
/// </summary>
public static class BaseSearch
{
    /// <summary>
    /// Whether another launch is about to find the base, so that this step has to wait for it. One that waits for a place, or that no runner took, is about nothing.
    /// </summary>
    public static bool IsBeingResolved(PipelineState run, StepProgress step) =>
        IsUnknown(run) && run.Progress.Steps.Exists(other =>
            other != step && other.Stage is StepStage.Reserving or StepStage.Dispatched or StepStage.Running && other.Parked != Contracts.Jobs.ParkReason.Outage);

    /// <summary>Whether steps may wait for what this launch finds: those that are neither before it nor after it. A job whose steps follow one another has none.</summary>
    public static bool IsAwaited(PipelineState run, StepProgress step)
    {
        if (!IsUnknown(run))
            return false;
        var graph = run.Plan.Graph();
        var after = graph.WithDescendants(step.Id);
        return graph.Nodes.Any(other => !after.Contains(other.Id) && !graph.WithDescendants(other.Id).Contains(step.Id));
    }

    private static bool IsUnknown(PipelineState run) => run.Plan.ProjectId is not null && run.Progress.BaseCommit is null;
}
