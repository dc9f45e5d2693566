using System.Diagnostics;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;
using Orchestrator.Gateway.Callbacks;
using Orchestrator.Gateway.Jobs;
using Orchestrator.Gateway.PublicEvents;
using Orchestrator.Messaging.PublicExchanges;

namespace Orchestrator.Gateway.ReadModel;

/// <summary>
/// Turns events into what is shown. They may come in any order and more than once: a fact is told once, a smaller token or an older time changes
/// nothing, and what is over stays over. One event of a job is handled at a time, under the lock of its row.
/// </summary>
public sealed class JobProjection(GatewayDbContext db, PublicEventOutbox events, CallbackPlan callbacks)
{
    /// <summary>Applies events in their order, in one transaction of the caller.</summary>
    public async Task ApplyAsync(IReadOnlyList<ProjectedEvent> group, CancellationToken cancellationToken)
    {
        var jobs = await KnownJob.LoadAsync(db, group, cancellationToken);
        foreach (var one in group)
        {
            if (!jobs.TryGetValue(one.PipelineId, out var known))
                continue;
            one.ShownUnder = known.Job.PipelineId;
            if (!known.Told.Add(one.Fact))
                continue;
            // What is sent from here belongs to the trace of the message that caused it.
            Activity.Current = one.Trace;
            await one.Apply(this, known, cancellationToken);
            one.HasCallback = known.Job is { CallbackUrl: not null, FinishedAt: not null };
        }
    }

    internal async Task StartedAsync(KnownJob known, JobStarted message, CancellationToken cancellationToken)
    {
        var job = known.Job;
        if (message.Run == job.Run)
        {
            job.StartedAt ??= message.At;
            job.QueueDetail = null;
            if (job.Status == JobStatus.Queued)
                job.Status = JobStatus.Running;
            if (message.Reused is { } reused)
                BeginAgain(known, reused);
        }

        await TellAsync(job, JobFacts.Started(job, message.Run, message.At), PublicExchange.JobStarted, cancellationToken);
    }

    internal async Task QueuedAsync(KnownJob known, JobQueued message, CancellationToken cancellationToken)
    {
        var job = known.Job;
        if (message.Run == job.Run && job.Status == JobStatus.Queued)
            job.QueueDetail = message.Detail;
        await TellAsync(job, JobFacts.Of(job, message), null, cancellationToken);
    }

    internal async Task StepStartedAsync(KnownJob known, StepStarted message, CancellationToken cancellationToken)
    {
        var job = known.Job;
        var launch = LaunchOf(known, message.Key);
        launch.Runner = message.Runner;
        launch.StartedAt = message.At;
        var step = known.Step(message.Key.StepId);
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
    }

    internal async Task StepFinishedAsync(KnownJob known, StepFinished message, CancellationToken cancellationToken)
    {
        var job = known.Job;
        var launch = LaunchOf(known, message.Key);
        launch.StartedAt = message.StartedAt;
        launch.FinishedAt = message.FinishedAt;
        launch.Outcome = message.Outcome;
        launch.ErrorCode = message.ErrorCode;
        launch.CostMicroUsd = message.Usage.CostMicroUsd;
        job.Usage.Add(message.Usage);
        var step = known.Step(message.Key.StepId);
        if (step is not null)
        {
            step.Usage.Add(message.Usage);
            if (IsNewest(step, message.Key))
                Show(step, message);
            NoneFollows(job, step);
        }

        await TellAsync(job, JobFacts.Of(job, message), PublicExchange.StepFinished, cancellationToken);
    }

    internal async Task ParkedAsync(KnownJob known, JobParked message, CancellationToken cancellationToken)
    {
        var job = known.Job;
        if (message.Run == job.Run)
        {
            if (known.Step(message.StepId) is { } step)
                Waiting.Park(step, message);
            Waiting.Park(job, message);
        }

        await TellAsync(job, JobFacts.Of(job, message), PublicExchange.JobParked, cancellationToken);
    }

    internal async Task HaltedAsync(KnownJob known, JobHalted message, CancellationToken cancellationToken)
    {
        var job = known.Job;
        if (message.Run == job.Run)
            Waiting.Halt(job, known.FirstParked, message.At);
        await TellAsync(job, JobFacts.Of(job, message), null, cancellationToken);
    }

    internal async Task ResumedAsync(KnownJob known, JobResumed message, CancellationToken cancellationToken)
    {
        var job = known.Job;
        if (message.Run == job.Run)
        {
            if (known.Step(message.StepId) is { } step)
                Waiting.End(step, message.At);
            Waiting.Resume(job, message.StepId, message.At);
            if (!message.Moving)
                Waiting.Halt(job, known.FirstParked, message.At);
        }

        await TellAsync(job, JobFacts.Of(job, message), null, cancellationToken);
    }

    internal async Task EndedAsync(KnownJob known, int run, JobStatus status, JobOutcome outcome, CancellationToken cancellationToken)
    {
        var job = known.Job;
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
        foreach (var step in known.Steps.Where(step => step.ParkReason is not null))
            Waiting.End(step, outcome.FinishedAt);
        foreach (var step in known.Steps)
            NoneFollows(job, step);
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
    }

    /// <summary>A step whose last launch was lost is tried again, but not once its job is over: then it has failed, as the job says.</summary>
    private static void NoneFollows(JobRow job, JobStepRow step)
    {
        if (!job.IsOver || step.Status != StepStatus.WaitingRetry)
            return;
        step.Status = job.Status == JobStatus.Cancelled ? StepStatus.Cancelled : StepStatus.Failed;
        if (step.StepId == job.ErrorStepId)
            (step.ErrorCode, step.ErrorMessage) = (job.ErrorCode, job.ErrorMessage);
    }

    /// <summary>Steps that are not reused are shown as not begun, unless the new run was faster than its own announcement.</summary>
    private static void BeginAgain(KnownJob known, IReadOnlyList<string> reused)
    {
        foreach (var step in known.Steps.Where(step => step.Run < known.Job.Run))
        {
            if (!reused.Contains(step.StepId, StringComparer.Ordinal))
                step.BeginAgain(known.Job.Run);
        }
    }

    private async Task TellAsync(JobRow job, JobEventRow fact, string? exchange, CancellationToken cancellationToken)
    {
        db.JobEvents.Add(fact);
        if (exchange is not null)
            await events.FactAsync(exchange, job, fact, cancellationToken);
    }

    private LaunchRow LaunchOf(KnownJob known, AttemptKey key)
    {
        if (known.Launch(key.Token) is { } launch)
            return launch;
        launch = new LaunchRow { PipelineId = known.Job.PipelineId, StepId = key.StepId, Run = key.Run, Visit = key.Visit, Attempt = key.Attempt, Token = key.Token };
        known.Launches.Add(launch);
        db.Launches.Add(launch);
        return launch;
    }

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
