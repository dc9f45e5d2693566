using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;
using Orchestrator.Gateway.ReadModel;

namespace Orchestrator.Gateway.Jobs;

/// <summary>The rows of a job that has just been accepted.</summary>
internal static class JobRows
{
    public static JobRow Of(Submission submission, AcceptedJob accepted, DocumentReference document, string bodyHash, DateTimeOffset now)
    {
        var job = accepted.Job;
        return new JobRow
        {
            PipelineId = Guid.CreateVersion7(now),
            JobId = job.JobId,
            Status = JobStatus.Queued,
            Goal = job.Goal,
            ProjectId = job.ProjectId,
            Tags = [.. job.Tags],
            SearchText = string.Join('\n', [job.JobId, job.Goal, .. job.Tags]).ToLowerInvariant(),
            Priority = job.Priority,
            Source = job.Source.Type,
            Actor = accepted.Actor,
            Tenant = submission.Tenant,
            IdempotencyKey = job.IdempotencyKey,
            DeliveryKey = submission.DeliveryKey,
            BodyHash = bodyHash,
            DocumentPath = document.Path,
            DocumentSha256 = document.Sha256,
            CallbackUrl = job.CallbackUrl,
            RequiresApproval = job.Policy.RequiresApproval,
            Notices = [.. accepted.Notices],
            AcceptedAt = now,
            LastSequence = 1,
        };
    }

    public static IEnumerable<JobStepRow> StepsOf(AcceptedJob accepted, Guid pipelineId) =>
        accepted.Job.Steps.Select((step, position) => new JobStepRow
        {
            PipelineId = pipelineId,
            StepId = step.StepId,
            Position = position,
            Role = step.Role,
            Agent = step.Agent,
            Model = step.Model,
            Status = StepStatus.Pending,
            Run = 1,
        });
}
