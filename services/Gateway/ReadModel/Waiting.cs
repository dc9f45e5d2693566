using Orchestrator.Contracts.Jobs;
using Orchestrator.Gateway.Jobs;

namespace Orchestrator.Gateway.ReadModel;

/// <summary>How jobs and steps come to be shown as parked and as going on. A job is parked when nothing of it moves; what waits meanwhile is shown all the same. What is older than the last move changes nothing.</summary>
internal static class Waiting
{
    public static void Park(JobStepRow step, JobParked message)
    {
        if (step.MovedAt > message.At)
            return;
        (step.ParkReason, step.ParkDetail, step.ParkedAt, step.WakeAt, step.MovedAt) = (message.Reason, message.Detail, message.At, message.WakeAt, message.At);
        step.Status = StepStatus.Parked;
    }

    public static void Park(JobRow job, JobParked message)
    {
        if (job.IsOver || job.MovedAt > message.At)
            return;
        job.Status = message.Moving ? JobStatus.Running : JobStatus.Parked;
        (job.ParkReason, job.ParkDetail, job.ParkedStepId, job.ParkedAt, job.WakeAt, job.MovedAt) =
            (message.Reason, message.Detail, message.StepId, message.At, message.WakeAt, message.At);
    }

    /// <summary>Nothing moves any more: the job waits for what this step waits for, if there is one.</summary>
    public static void Halt(JobRow job, JobStepRow? step, DateTimeOffset at)
    {
        if (job.IsOver || job.MovedAt > at || step is null)
            return;
        job.Status = JobStatus.Parked;
        (job.ParkReason, job.ParkDetail, job.ParkedStepId, job.ParkedAt, job.WakeAt, job.MovedAt) =
            (step.ParkReason, step.ParkDetail, step.StepId, step.ParkedAt, step.WakeAt, at);
    }

    /// <summary>A step of the job is on its way; what another one waits for stays shown.</summary>
    public static void Resume(JobRow job, string? stepId, DateTimeOffset at)
    {
        if (job.IsOver || job.MovedAt > at)
            return;
        job.MovedAt = at;
        job.Status = JobStatus.Running;
        if (job.ParkedStepId is null || job.ParkedStepId == stepId)
            End(job);
    }

    public static void End(JobStepRow step, DateTimeOffset at)
    {
        if (step.MovedAt > at)
            return;
        if (step.Status == StepStatus.Parked)
            step.Status = StepStatus.Pending;
        (step.ParkReason, step.ParkDetail, step.ParkedAt, step.WakeAt, step.MovedAt) = (null, null, null, null, at);
    }

    public static void End(JobRow job) => (job.ParkReason, job.ParkDetail, job.ParkedStepId, job.ParkedAt, job.WakeAt) = (null, null, null, null, null);
}
