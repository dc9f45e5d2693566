using Orchestrator.Contracts.Steps;

namespace Orchestrator.Gateway.ReadModel;

public enum StepStatus
{
    Pending,
    Running,
    Parked,
    Succeeded,
    Failed,
    TimedOut,
    Cancelled,

    /// <summary>The launch came back without a verdict (lost or handed back): another one follows.</summary>
    WaitingRetry,
}

internal static class StepStatusOf
{
    public static StepStatus Outcome(StepOutcome outcome) => outcome switch
    {
        StepOutcome.Succeeded => StepStatus.Succeeded,
        StepOutcome.Failed or StepOutcome.FailedForGood => StepStatus.Failed,
        StepOutcome.TimedOut => StepStatus.TimedOut,
        StepOutcome.Cancelled => StepStatus.Cancelled,
        StepOutcome.Parked => StepStatus.Parked,
        StepOutcome.Lost or StepOutcome.HandedBack => StepStatus.WaitingRetry,
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "Not an outcome."),
    };
}
