using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Results;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.Validation.Results;

/// <summary>The words of version 1.0 for how a step or job stands.</summary>
public static class ResultStatuses
{
    /// <summary>Of a launch's report. What waits for a person is <c>needs_human</c>, what goes on by itself is <c>running</c>.</summary>
    /// <param name="finished">The report.</param>
    /// <param name="willRetry">Whether a failure is tried again.</param>
    public static ResultStatus Of(StepFinished finished, bool willRetry) => finished.Outcome switch
    {
        StepOutcome.Succeeded => ResultStatus.Success,
        StepOutcome.Cancelled => ResultStatus.Cancelled,
        StepOutcome.Parked => OfParkedCode(finished.ErrorCode),
        StepOutcome.HandedBack => ResultStatus.Retryable,
        _ when willRetry => ResultStatus.Retryable,
        StepOutcome.TimedOut => ResultStatus.Timeout,
        StepOutcome.Failed or StepOutcome.FailedForGood or StepOutcome.Lost => ResultStatus.Failed,
        _ => throw new ArgumentOutOfRangeException(nameof(finished), finished.Outcome, "Not an outcome."),
    };

    /// <summary>Of a job that is over: <c>success</c>, <c>cancelled</c> or <c>failed</c>, whose reason is <c>error.code</c>.</summary>
    public static ResultStatus Of(JobOutcome outcome) => outcome.ErrorCode switch
    {
        null => ResultStatus.Success,
        ErrorCodes.Cancelled => ResultStatus.Cancelled,
        _ => ResultStatus.Failed,
    };

    /// <summary>Of a job or step that waits.</summary>
    public static ResultStatus Of(ParkReason reason) => reason switch
    {
        ParkReason.Approval or ParkReason.NeedsHuman or ParkReason.MergeConflict or ParkReason.SecretInOutput or ParkReason.Operator => ResultStatus.NeedsHuman,
        ParkReason.Budget or ParkReason.ProviderLimit or ParkReason.Backoff or ParkReason.Outage
            or ParkReason.AgentUnavailable or ParkReason.SandboxUnavailable => ResultStatus.Running,
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "Not a reason."),
    };

    internal static string DefaultCode(StepOutcome outcome) => outcome switch
    {
        StepOutcome.TimedOut => ErrorCodes.Timeout,
        StepOutcome.Cancelled => ErrorCodes.Cancelled,
        StepOutcome.Lost or StepOutcome.HandedBack => ErrorCodes.LeaseLost,
        _ => ErrorCodes.AgentFailed,
    };

    private static ResultStatus OfParkedCode(string? code) =>
        code is ErrorCodes.MergeConflict or ErrorCodes.SecretInOutput ? ResultStatus.NeedsHuman : ResultStatus.Running;
}
