using Microsoft.EntityFrameworkCore;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;
using Orchestrator.Gateway.Callbacks;
using Orchestrator.Gateway.Jobs;
using Orchestrator.Gateway.PublicEvents;
using Orchestrator.Gateway.Streams;
using Orchestrator.Messaging.PublicExchanges;

namespace Orchestrator.Gateway.ReadModel;

/// <summary>
/// Turns events into what is shown. They may come in any order and more than once: a fact is told once, a smaller token or an older time changes
/// nothing, and what is over stays over. One event of a job is handled at a time, under the lock of its row.
/// </summary>
public sealed class JobProjection(GatewayDbContext db, PublicEventOutbox events, CallbackPlan callbacks, StreamSignals signals)
{
    public Task StartedAsync(JobStarted message, CancellationToken cancellationToken) => OnAsync(message.PipelineId, $"job_started:{message.Run}", async job =>
    {
        if (message.Run == job.Run)
        {
            job.StartedAt ??= message.At;
            job.QueueDetail = null;
            if (job.Status == JobStatus.Queued)
                job.Status = JobStatus.Running;
            if (message.Reused is { } reused)
                await BeginAgainAsync(job, reused, cancellationToken);
        }

        await TellAsync(job, JobFacts.Started(job, message.Run, message.At), PublicExchange.JobStarted, cancellationToken);
    }, cancellationToken);

    public Task QueuedAsync(JobQueued message, CancellationToken cancellationToken) => OnAsync(message.PipelineId, $"job_queued:{message.Run}", async job =>
    {
        if (message.Run == job.Run && job.Status == JobStatus.Queued)
            job.QueueDetail = message.Detail;
        await TellAsync(job, JobFacts.Of(job, message), null, cancellationToken);
    }, cancellationToken);

    public Task StepStartedAsync(StepStarted message, CancellationToken cancellationToken) => OnAsync(message.Key.PipelineId, $"step_started:{message.Key.Token}", async job =>
    {
        var launch = await LaunchAsync(job, message.Key, cancellationToken);
        launch.Runner = message.Runner;
        launch.StartedAt = message.At;
        var step = await StepAsync(job, message.Key.StepId, cancellationToken);
        if (step is not null && IsNewest(step, message.Key) && launch.FinishedAt is null)
        {
            Move(step, message.Key);
            step.Status = StepStatus.Running;
            step.StartedAt = message.At;
            step.FinishedAt = null;
            Waiting.End(step, message.At);
            Waiting.Resume(job, message.Key.StepId, message.At);
        }

        await TellAsync(job, JobFacts.Of(job, message), null, cancellationToken);
    }, cancellationToken);

    public Task StepFinishedAsync(StepFinished message, CancellationToken cancellationToken) => OnAsync(message.Key.PipelineId, $"step_finished:{message.Key.Token}", async job =>
    {
        var launch = await LaunchAsync(job, message.Key, cancellationToken);
        launch.StartedAt = message.StartedAt;
        launch.FinishedAt = message.FinishedAt;
        launch.Outcome = message.Outcome;
        launch.ErrorCode = message.ErrorCode;
        launch.CostMicroUsd = message.Usage.CostMicroUsd;
        job.Usage.Add(message.Usage);
        var step = await StepAsync(job, message.Key.StepId, cancellationToken);
        if (step is not null)
        {
            step.Usage.Add(message.Usage);
            if (IsNewest(step, message.Key))
                Show(step, message);
        }

        await TellAsync(job, JobFacts.Of(job, message), PublicExchange.StepFinished, cancellationToken);
    }, cancellationToken);

    public Task ParkedAsync(JobParked message, CancellationToken cancellationToken) => OnAsync(message.PipelineId, $"job_parked:{message.StepId}:{message.At.UtcTicks}", async job =>
    {
        if (message.Run == job.Run)
        {
            if (message.StepId is { } id && await StepAsync(job, id, cancellationToken) is { } step)
                Waiting.Park(step, message);
            Waiting.Park(job, message);
        }

        await TellAsync(job, JobFacts.Of(job, message), PublicExchange.JobParked, cancellationToken);
    }, cancellationToken);

    public Task HaltedAsync(JobHalted message, CancellationToken cancellationToken) => OnAsync(message.PipelineId, $"job_halted:{message.At.UtcTicks}", async job =>
    {
        if (message.Run == job.Run)
            Waiting.Halt(job, await FirstParkedAsync(job, cancellationToken), message.At);
        await TellAsync(job, JobFacts.Of(job, message), null, cancellationToken);
    }, cancellationToken);

    public Task ResumedAsync(JobResumed message, CancellationToken cancellationToken) => OnAsync(message.PipelineId, $"job_resumed:{message.StepId}:{message.At.UtcTicks}", async job =>
    {
        if (message.Run == job.Run)
        {
            if (message.StepId is { } id && await StepAsync(job, id, cancellationToken) is { } step)
                Waiting.End(step, message.At);
            Waiting.Resume(job, message.StepId, message.At);
            if (!message.Moving)
                Waiting.Halt(job, await FirstParkedAsync(job, cancellationToken), message.At);
        }

        await TellAsync(job, JobFacts.Of(job, message), null, cancellationToken);
    }, cancellationToken);

    public Task EndedAsync(Guid pipelineId, int run, JobStatus status, JobOutcome outcome, CancellationToken cancellationToken) => OnAsync(pipelineId, $"job_over:{run}", async job =>
    {
        // A run can only be asked for again once its end was told here, so this is the present one.
        job.Status = status;
        job.QueueDetail = null;
        job.StartedAt ??= outcome.StartedAt;
        job.FinishedAt = outcome.FinishedAt;
        job.Summary = outcome.Summary;
        job.ErrorCode = outcome.ErrorCode;
        job.ErrorMessage = outcome.ErrorMessage;
        job.ErrorStepId = outcome.StepId;
        job.Changed = outcome.Changed;
        job.Launches += outcome.Launches;
        Waiting.End(job);
        foreach (var step in await db.JobSteps.Where(step => step.PipelineId == job.PipelineId && step.ParkReason != null).ToListAsync(cancellationToken))
            Waiting.End(step, outcome.FinishedAt);
        await callbacks.AddAsync(job, outcome, cancellationToken);
        var ended = JobFacts.Ended(job, run, status, outcome);
        if (status == JobStatus.Failed)
            await events.FailedJobAsync(job, ended, cancellationToken);
        await TellAsync(job, ended, status switch
        {
            JobStatus.Completed => PublicExchange.JobCompleted,
            JobStatus.Cancelled => PublicExchange.JobCancelled,
            _ => PublicExchange.JobFailed,
        }, cancellationToken);
    }, cancellationToken);

    /// <summary>Locks the job's row, looks whether the fact is new, and applies it.</summary>
    private async Task OnAsync(Guid pipelineId, string fact, Func<JobRow, Task> apply, CancellationToken cancellationToken)
    {
        var key = pipelineId;
        if (await LockAsync(key, cancellationToken) == 0)
        {
            key = await db.JobRuns.Where(run => run.PipelineId == pipelineId).Select(run => run.JobPipelineId).SingleOrDefaultAsync(cancellationToken);
            if (key == Guid.Empty || await LockAsync(key, cancellationToken) == 0)
                return;
        }

        if (await db.JobEvents.AnyAsync(row => row.PipelineId == key && row.Fact == fact, cancellationToken))
            return;
        await apply(await db.Jobs.SingleAsync(job => job.PipelineId == key, cancellationToken));
        signals.Ring(key);
    }

    private Task<int> LockAsync(Guid key, CancellationToken cancellationToken) =>
        db.Jobs.Where(job => job.PipelineId == key).ExecuteUpdateAsync(job => job.SetProperty(row => row.Version, row => row.Version + 1), cancellationToken);

    /// <summary>Steps that are not reused are shown as not begun, unless the new run was faster than its own announcement.</summary>
    private async Task BeginAgainAsync(JobRow job, IReadOnlyList<string> reused, CancellationToken cancellationToken)
    {
        foreach (var step in await db.JobSteps.Where(step => step.PipelineId == job.PipelineId && step.Run < job.Run).ToListAsync(cancellationToken))
        {
            if (!reused.Contains(step.StepId, StringComparer.Ordinal))
                step.BeginAgain(job.Run);
        }
    }

    private async Task TellAsync(JobRow job, JobEventRow fact, string? exchange, CancellationToken cancellationToken)
    {
        db.JobEvents.Add(fact);
        if (exchange is not null)
            await events.FactAsync(exchange, job, fact, cancellationToken);
    }

    private async Task<LaunchRow> LaunchAsync(JobRow job, AttemptKey key, CancellationToken cancellationToken)
    {
        var launch = await db.Launches.SingleOrDefaultAsync(row => row.PipelineId == job.PipelineId && row.Token == key.Token, cancellationToken);
        if (launch is null)
        {
            launch = new LaunchRow { PipelineId = job.PipelineId, StepId = key.StepId, Run = key.Run, Visit = key.Visit, Attempt = key.Attempt, Token = key.Token };
            db.Launches.Add(launch);
        }

        return launch;
    }

    private Task<JobStepRow?> StepAsync(JobRow job, string stepId, CancellationToken cancellationToken) =>
        db.JobSteps.SingleOrDefaultAsync(step => step.PipelineId == job.PipelineId && step.StepId == stepId, cancellationToken);

    /// <summary>As this message leaves it: its own changes are not in the database yet.</summary>
    private async Task<JobStepRow?> FirstParkedAsync(JobRow job, CancellationToken cancellationToken) =>
        (await db.JobSteps.Where(step => step.PipelineId == job.PipelineId).OrderBy(step => step.Position).ToListAsync(cancellationToken)).Find(step => step.ParkReason is not null);

    /// <summary>Tokens grow over all runs of a job; a step that begins again in a later run hears nothing more of an earlier one.</summary>
    private static bool IsNewest(JobStepRow step, AttemptKey key) => key.Token >= step.Token && key.Run >= step.Run;

    private static void Move(JobStepRow step, AttemptKey key)
    {
        if (key.Token > step.Token)
            step.Launches++;
        (step.Run, step.Visit, step.Attempt, step.Token) = (key.Run, key.Visit, key.Attempt, key.Token);
    }

    private static void Show(JobStepRow step, StepFinished message)
    {
        Move(step, message.Key);
        step.Status = StepStatusOf.Outcome(message.Outcome);
        step.StartedAt = message.StartedAt;
        step.FinishedAt = message.FinishedAt;
        step.Summary = message.Summary;
        step.ErrorCode = message.ErrorCode;
        step.ErrorMessage = message.ErrorMessage;
        step.Changed = message.Changed;
        step.Notices = [.. message.Notices];
        if (step.ParkReason is not null && step.MovedAt > message.FinishedAt)
            step.Status = StepStatus.Parked;
    }
}
