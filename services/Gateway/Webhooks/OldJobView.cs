using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Results;
using Orchestrator.Gateway.Jobs;
using Orchestrator.Gateway.ReadModel;
using Orchestrator.Validation.Results;

namespace Orchestrator.Gateway.Webhooks;

/// <summary>A job in the words of version 1.0.</summary>
internal static class OldJobView
{
    public static Dictionary<string, object?> StateOf(JobRow job, IReadOnlyList<JobStepRow> steps) => new()
    {
        ["job_id"] = job.JobId,
        ["status"] = Status(job),
        ["started_at"] = job.StartedAt,
        ["finished_at"] = job.FinishedAt,
        ["current_step"] = job.IsOver ? null : steps.FirstOrDefault(step => step.Status is StepStatus.Running or StepStatus.Parked or StepStatus.WaitingRetry)?.StepId,
        ["parked"] = job.ParkReason is null ? null : new { job.ParkReason, job.ParkDetail, job.WakeAt, step_id = job.ParkedStepId },
        ["steps"] = steps.Where(step => step.Token > 0 || step.ParkReason is not null).ToDictionary(step => step.StepId, step => (object)StepOf(step)),
    };

    public static string Status(JobRow job) => job.Status switch
    {
        JobStatus.Queued => job.RequiresApproval ? "awaiting_approval" : "queued",
        JobStatus.Running => "running",
        JobStatus.Parked => Word(ResultStatuses.Of(job.ParkReason ?? ParkReason.Backoff)),
        JobStatus.Completed => "success",
        JobStatus.Cancelled => "cancelled",
        _ => "failed",
    };

    /// <summary>Where the old queue would have had it.</summary>
    public static string QueueState(JobRow job) => job.Status switch
    {
        JobStatus.Queued => "queued",
        JobStatus.Parked when job is { ParkReason: ParkReason.Approval, ParkedStepId: null } => "awaiting_approval",
        JobStatus.Running or JobStatus.Parked => "running",
        JobStatus.Completed => "done",
        _ => "failed",
    };

    private static Dictionary<string, object?> StepOf(JobStepRow step)
    {
        var view = new Dictionary<string, object?>
        {
            ["status"] = step.Status switch
            {
                StepStatus.Succeeded => "success",
                StepStatus.TimedOut => "timeout",
                StepStatus.Failed => "failed",
                StepStatus.Cancelled => "cancelled",
                StepStatus.WaitingRetry => "retryable",
                StepStatus.Parked => Word(ResultStatuses.Of(step.ParkReason ?? ParkReason.Backoff)),
                _ => "running",
            },
            ["attempt"] = Math.Max(step.Attempt, 1),
            ["agent"] = step.Agent,
            ["role"] = step.Role,
            ["started_at"] = step.StartedAt,
        };
        if (step.FinishedAt is not null)
            view["finished_at"] = step.FinishedAt;
        if (step.Summary is not null)
            view["summary"] = step.Summary;
        return view;
    }

    private static string Word(ResultStatus status) => status == ResultStatus.NeedsHuman ? "needs_human" : status.ToString().ToLowerInvariant();
}
