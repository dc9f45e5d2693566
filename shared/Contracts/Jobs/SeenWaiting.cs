namespace Orchestrator.Contracts.Jobs;

/// <summary>A wait as a person saw it, so that a decision that comes twice or late does not count for the next wait.</summary>
/// <param name="StepId">The step that waited; null is the job itself.</param>
/// <param name="Since">Since when; null is not known.</param>
public sealed record SeenWaiting(string? StepId, DateTimeOffset? Since)
{
    // Databases keep less of a moment than a message does.
    private static readonly TimeSpan Precision = TimeSpan.FromMilliseconds(1);

    /// <summary>Whether a wait is this one: of the same step or job, and not begun later.</summary>
    /// <param name="stepId">The step that waits; null is the job itself.</param>
    /// <param name="since">Since when; null is not known.</param>
    public bool Is(string? stepId, DateTimeOffset? since) =>
        string.Equals(StepId, stepId, StringComparison.Ordinal) && !(since > Since + Precision);
}
