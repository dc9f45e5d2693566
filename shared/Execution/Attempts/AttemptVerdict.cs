using Orchestrator.Contracts.Steps;
using Orchestrator.Execution.Workspaces;

namespace Orchestrator.Execution.Attempts;

/// <summary>How a launch ended, before it is written down.</summary>
internal sealed record AttemptVerdict(StepOutcome Outcome, string? Code, string? Message)
{
    public string Summary { get; init; } = "";

    public string Report { get; init; } = "";

    public AgentUsage Usage { get; init; } = new();

    public DateTimeOffset? RetryAt { get; init; }

    public IReadOnlyList<string> ConflictingSteps { get; init; } = [];

    public IReadOnlyList<string> Notices { get; init; } = [];

    public static AttemptVerdict Cancelled { get; } = new(StepOutcome.Cancelled, ErrorCodes.Cancelled, "The step was ended on request. What it had done until then is kept.");

    /// <summary>The disk of this machine or the artifact store cannot answer now: no fault of the step.</summary>
    public static AttemptVerdict Of(IOException exception) =>
        new(StepOutcome.Parked, ErrorCodes.StorageUnavailable, $"A file of the runner or of the artifact store cannot be read or written: {exception.Message}");

    public static AttemptVerdict Of(WorkspaceException exception) => new(
        exception.Code switch
        {
            ErrorCodes.MergeConflict => StepOutcome.Parked,
            // The same inputs are as missing the next time.
            ErrorCodes.InputMissing => StepOutcome.FailedForGood,
            _ when exception.IsOutage => StepOutcome.Parked,
            _ => StepOutcome.Failed,
        },
        exception.Code,
        exception.Message)
    {
        ConflictingSteps = exception.ConflictingSteps,
    };
}

/// <summary>Ends a launch with a verdict from deep inside.</summary>
internal sealed class AttemptEndedException(AttemptVerdict verdict) : Exception(verdict.Message)
{
    public AttemptVerdict Verdict { get; } = verdict;
}
