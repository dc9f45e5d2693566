using System.Text.Json;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Results;
using Orchestrator.Contracts.Steps;
using Orchestrator.Gateway.Jobs;
using Orchestrator.Gateway.ReadModel;
using Orchestrator.Validation.Results;

namespace Orchestrator.Gateway.Webhooks;

/// <summary>A job in the words of version 1.0.</summary>
internal static class OldJobView
{
    public static JobStatusDocument Of(JobRow job, IReadOnlyList<JobStepRow> steps, ResultDocument? result) => new()
    {
        JobId = job.JobId,
        Status = job.Status == JobStatus.Queued ? QueueState(job) : Word(StatusOf(job)),
        QueueState = QueueState(job),
        State = StateOf(job, steps),
        Result = result,
    };

    /// <summary><c>state.json</c>; null before the job was taken up.</summary>
    public static JobStateDocument? StateOf(JobRow job, IReadOnlyList<JobStepRow> steps) => job.Status == JobStatus.Queued ? null : new JobStateDocument
    {
        JobId = job.JobId,
        Status = StatusOf(job),
        StartedAt = job.StartedAt,
        FinishedAt = job.FinishedAt,
        CurrentStep = job.IsOver ? null : steps.FirstOrDefault(step => step.Status is StepStatus.Running or StepStatus.Parked or StepStatus.WaitingRetry)?.StepId,
        Reason = job.ParkReason,
        Steps = steps.Where(step => step.Token > 0 || step.ParkReason is not null).ToDictionary(step => step.StepId, StepOf),
    };

    private static ResultStatus StatusOf(JobRow job) => job.Status switch
    {
        JobStatus.Parked => ResultStatuses.Of(job.ParkReason ?? ParkReason.Backoff),
        JobStatus.Completed => ResultStatus.Success,
        JobStatus.Cancelled => ResultStatus.Cancelled,
        JobStatus.Failed when job.ErrorCode is ErrorCodes.Timeout or ErrorCodes.IdleTimeout => ResultStatus.Timeout,
        JobStatus.Failed => ResultStatus.Failed,
        _ => ResultStatus.Running,
    };

    /// <summary>Where the old queue would have had it.</summary>
    private static string QueueState(JobRow job) => job.Status switch
    {
        JobStatus.Queued => job.RequiresApproval ? "awaiting_approval" : "queued",
        JobStatus.Parked when job is { ParkReason: ParkReason.Approval, ParkedStepId: null } => "awaiting_approval",
        JobStatus.Running or JobStatus.Parked => "running",
        JobStatus.Completed => "done",
        _ => "failed",
    };

    private static StepStateDocument StepOf(JobStepRow step) => new()
    {
        Status = step.Status switch
        {
            StepStatus.Succeeded => ResultStatus.Success,
            StepStatus.TimedOut => ResultStatus.Timeout,
            StepStatus.Failed => ResultStatus.Failed,
            StepStatus.Cancelled => ResultStatus.Cancelled,
            StepStatus.WaitingRetry => ResultStatus.Retryable,
            StepStatus.Parked => ResultStatuses.Of(step.ParkReason ?? ParkReason.Backoff),
            _ => ResultStatus.Running,
        },
        Attempt = Math.Max(step.Attempt, 1),
        Agent = step.Agent,
        Role = step.Role,
        StartedAt = step.StartedAt,
        FinishedAt = step.FinishedAt,
        Summary = step.Summary,
    };

    private static string Word(ResultStatus status) => JsonNamingPolicy.SnakeCaseLower.ConvertName(status.ToString());
}
