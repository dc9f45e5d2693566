using Microsoft.EntityFrameworkCore;
using Orchestrator.Gateway.Access;
using Orchestrator.Gateway.FailedQueues;
using Orchestrator.Gateway.Problems;
using Orchestrator.Gateway.ReadModel;
using Orchestrator.Messaging;
using Orchestrator.Persistence.Outbox;

namespace Orchestrator.Gateway.Jobs;

/// <summary>Runs a job that is over once more: run n+1 of the same id. Which steps run again is the saga's decision; here one of several who ask at the same time wins.</summary>
public sealed class JobRetry(GatewayDbContext db, MessageOutbox<GatewayDbContext> outbox, AccessLog access, TimeProvider clock)
{
    internal async Task<IResult> RetryAsync(string id, string? from, RetryRequest request, Caller caller, string address, CancellationToken cancellationToken)
    {
        var job = await db.FindJobAsync(caller, id, cancellationToken);
        if (request.Refusal() is { } invalid)
            return invalid;
        if (from is not null && await UnknownAsync(job, from, cancellationToken) is { } unknown)
            return unknown;
        if (!job.IsOver)
            return new Problem(StatusCodes.Status409Conflict, "job_not_over", $"Run {job.Run} of the job is {Word(job.Status)}.", "Wait until it is over, or cancel it first.");
        if (job.Status == JobStatus.Completed && from is null)
            return new Problem(StatusCodes.Status409Conflict, "nothing_to_retry", "No step of the job failed or was left out.", "Name the step to run again with ?from=<step>; what depends on it runs again too.");
        return await outbox.InTransactionAsync(ct => BeginAsync(job, from, request.Comment, caller, address, ct), cancellationToken);
    }

    private async Task<IResult> BeginAsync(JobRow seen, string? from, string? comment, Caller caller, string address, CancellationToken cancellationToken)
    {
        // Who comes second waits for the row here, finds that the run is not the one it saw, and joins the first.
        var won = await db.Jobs
            .Where(row => row.Id == seen.Id && row.Run == seen.Run && (row.Status == JobStatus.Completed || row.Status == JobStatus.Failed || row.Status == JobStatus.Cancelled))
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.Version, row => row.Version + 1).SetProperty(row => row.Run, row => row.Run + 1), cancellationToken);
        var job = await db.Jobs.SingleAsync(row => row.Id == seen.Id, cancellationToken);
        if (won == 1)
        {
            var run = await NextRunAsync(job, from, comment, caller, cancellationToken);
            Reopen(job, run);
            await db.LetCopiesGoAsync(job, caller.Actor, clock.GetUtcNow(), cancellationToken);
            db.JobEvents.Add(JobFacts.Retried(job, run));
            db.Audit.Add(access.Deed("job.retry", caller.Actor, address, job.ProjectId, job.JobId, from ?? "what failed"));
            await outbox.Send(Queues.Pipeline, run.Start(job), cancellationToken);
        }

        return Results.Accepted(JobLinks.Self(job.JobId), new RetryView(job.JobId, job.Run, job.Status, "retry", from, JobLinks.Of(job.JobId)));
    }

    private async Task<JobRunRow> NextRunAsync(JobRow job, string? from, string? comment, Caller caller, CancellationToken cancellationToken)
    {
        var earlier = await db.JobRuns.SingleOrDefaultAsync(row => row.JobPipelineId == job.PipelineId && row.Run == job.Run - 1, cancellationToken)
            ?? db.JobRuns.Add(new JobRunRow { JobPipelineId = job.PipelineId, PipelineId = job.PipelineId, Run = 1, Actor = job.Actor, AcceptedAt = job.AcceptedAt }).Entity;
        earlier.Keep(job);
        return db.JobRuns.Add(new JobRunRow
        {
            JobPipelineId = job.PipelineId,
            PipelineId = Guid.CreateVersion7(clock.GetUtcNow()),
            Run = job.Run,
            FromStep = from,
            Actor = caller.Actor,
            Comment = comment,
            AcceptedAt = clock.GetUtcNow(),
        }).Entity;
    }

    private static void Reopen(JobRow job, JobRunRow run)
    {
        job.RetryPipelineId = run.PipelineId;
        job.Status = JobStatus.Queued;
        job.CancelRequested = false;
        (job.StartedAt, job.FinishedAt, job.MovedAt, job.QueueDetail) = (null, null, null, null);
        (job.Summary, job.Changed, job.ErrorCode, job.ErrorMessage, job.ErrorStepId) = (null, null, null, null, null);
    }

    private async Task<Problem?> UnknownAsync(JobRow job, string from, CancellationToken cancellationToken)
    {
        var steps = await db.JobSteps.AsNoTracking().Where(step => step.PipelineId == job.PipelineId).OrderBy(step => step.Position).Select(step => step.StepId).ToListAsync(cancellationToken);
        return steps.Contains(from, StringComparer.Ordinal)
            ? null
            : new Problem(StatusCodes.Status404NotFound, "unknown_step", $"The job has no step '{from}'.", $"Its steps are {string.Join(", ", steps)}; ids are compared exactly.");
    }

    private static string Word(JobStatus status) => status.ToString().ToLowerInvariant();
}

internal sealed record RetryView(string JobId, int Run, JobStatus Status, string Requested, string? From, IReadOnlyDictionary<string, string> Links);
