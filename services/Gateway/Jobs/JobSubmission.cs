using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Gateway.Access;
using Orchestrator.Gateway.Callbacks;
using Orchestrator.Gateway.PublicEvents;
using Orchestrator.Gateway.ReadModel;
using Orchestrator.Messaging;
using Orchestrator.Persistence.Outbox;
using Orchestrator.Validation.Jobs;

namespace Orchestrator.Gateway.Jobs;

/// <summary>The one way of a job into the system, whatever the door: check, write down, start; accepted means kept.</summary>
public sealed class JobSubmission(
    JobAcceptance acceptance, GatewayDbContext db, MessageOutbox<GatewayDbContext> outbox, AcceptedDocuments documents, PublicEventOutbox events, PublicAddresses addresses, AccessLog access, TimeProvider clock)
{
    /// <summary>Each conflict means that somebody committed what the next look finds.</summary>
    private const int MostConflicts = 5;

    public async Task<SubmissionResult> SubmitAsync(Submission submission, CancellationToken cancellationToken)
    {
        var result = await DecideAsync(submission, cancellationToken);
        if (result.Job is { } job)
            access.Accepted(submission.Submitter, job.ProjectId, job.JobId, result.Duplicate ? "repeated" : "accepted");
        else
            access.RefusedSubmission(submission.Submitter, submission.Body, SubmissionCodes.Of(result.Problems));
        return result;
    }

    private async Task<SubmissionResult> DecideAsync(Submission submission, CancellationToken cancellationToken)
    {
        var answer = await acceptance.AcceptAsync(submission.Body, submission.Door);
        if (!answer.IsAccepted)
            return SubmissionResult.Refused(answer.Problems);
        if (answer.Job.Job.CallbackUrl is { } url && !addresses.MayBeReached(new Uri(url)))
            return SubmissionResult.Refused(SubmissionCodes.CallbackClosed);
        var hash = Convert.ToHexStringLower(SHA256.HashData(submission.Body.Span));
        for (var conflicts = 0; ; conflicts++)
        {
            if (await EarlierAsync(submission, answer.Job.Job, hash, cancellationToken) is { } earlier)
                return earlier;
            try
            {
                return SubmissionResult.Accepted(await KeepAsync(submission, answer.Job, hash, cancellationToken), duplicate: false);
            }
            catch (DbUpdateException) when (conflicts < MostConflicts)
            {
                db.ChangeTracker.Clear();
            }
        }
    }

    /// <summary>Whether this is a repeat, or its names are taken.</summary>
    private async Task<SubmissionResult?> EarlierAsync(Submission submission, JobDocument job, string hash, CancellationToken cancellationToken)
    {
        var (tenant, key, delivery, id) = (submission.Tenant, job.IdempotencyKey, submission.DeliveryKey, job.JobId);
        var redelivered = submission.Redelivered && delivery is null;
        var known = await db.Jobs.AsNoTracking()
            .Where(row => row.JobId == id
                || (row.Tenant == tenant && ((key != null && row.IdempotencyKey == key) || (delivery != null && row.DeliveryKey == delivery) || (redelivered && row.BodyHash == hash))))
            .ToListAsync(cancellationToken);
        var ofTenant = known.Where(row => row.Tenant == tenant).ToList();
        if (ofTenant.Find(row => delivery is not null && row.DeliveryKey == delivery) is { } told)
            return told.BodyHash == hash ? SubmissionResult.Accepted(told, duplicate: true) : SubmissionResult.Refused(SubmissionCodes.DeliveryTaken);
        if (redelivered && ofTenant.Find(row => row.BodyHash == hash) is { } same)
            return SubmissionResult.Accepted(same, duplicate: true);
        if (key is not null && ofTenant.Find(row => row.IdempotencyKey == key) is { } keyed)
            return keyed.BodyHash == hash ? SubmissionResult.Accepted(keyed, duplicate: true) : SubmissionResult.Refused(SubmissionCodes.KeyTaken);
        return known.Exists(row => row.JobId == id) ? SubmissionResult.Refused(SubmissionCodes.IdTaken(id)) : null;
    }

    /// <summary>
    /// The row first: its unique keys let one of several equal submissions in and hold the others, so that others seldom write documents for this job.
    /// A process that ends, or loses its session, before the commit leaves a hidden document that nothing refers to in the job's folder.
    /// </summary>
    private Task<JobRow> KeepAsync(Submission submission, AcceptedJob accepted, string hash, CancellationToken cancellationToken) =>
        outbox.InTransactionAsync(async ct =>
        {
            var document = AcceptedDocuments.Serialize(accepted);
            var job = JobRows.Of(submission, accepted, document.Reference, hash, clock.GetUtcNow());
            db.Jobs.Add(job);
            db.JobSteps.AddRange(JobRows.StepsOf(accepted, job.PipelineId));
            db.JobEvents.Add(JobFacts.Accepted(job));
            db.Audit.Add(access.AcceptedRow(submission.Submitter, job.ProjectId, job.JobId));
            await db.SaveChangesAsync(ct);
            await documents.WriteAsync(document, ct);
            await outbox.Send(Queues.Pipeline, new StartPipeline(job.PipelineId, job.JobId, job.Run, document.Reference, job.AcceptedAt), ct);
            await events.AcceptedAsync(job, ct);
            return job;
        }, cancellationToken);
}
