using MassTransit;
using Orchestrator.Contracts.Budget;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;
using Orchestrator.Pipeline.Graph;

namespace Orchestrator.Pipeline.Saga;

/// <summary>The verbs of the saga: one method per thing that can happen to a run. What follows from it is <see cref="RunDirector"/>'s.</summary>
public sealed class PipelineActivities(AcceptedJobs acceptedJobs, EarlierRuns earlierRuns, RunDirector director, TimeProvider clock)
{
    /// <summary>Takes a new run up: reads the accepted job and writes the plan down.</summary>
    public async Task Begin(BehaviorContext<PipelineState, StartPipeline> context)
    {
        var start = context.Message;
        var run = context.Saga;
        run.JobId = start.JobId;
        run.Run = start.Run;
        run.DocumentPath = start.Document.Path;
        run.DocumentSha256 = start.Document.Sha256;
        run.AcceptedAt = start.AcceptedAt;
        run.StartedAt = clock.GetUtcNow();
        var plan = RunPlan.From(await acceptedJobs.ReadAsync(start.Document, context.CancellationToken).ConfigureAwait(false));
        run.Begin(plan, start.Retry is { } retry
            ? RetriedRun.After(await earlierRuns.TakeAsync(context).ConfigureAwait(false), plan, retry)
            : new RunProgress { AwaitingApproval = plan.RequiresApproval, Steps = [.. plan.Steps.Select(step => new StepProgress { Id = step.Id })] });
        if (!run.Progress.AwaitingApproval)
            return;
        await director.Start(context).ConfigureAwait(false);
        await director.PublishParked(context, null, ParkReason.Approval, "The job waits for approval before its first step.", null).ConfigureAwait(false);
    }

    /// <summary>The budget holds the sum: send the step to its runner.</summary>
    public Task Dispatch(BehaviorContext<PipelineState, BudgetReserved> context)
    {
        if (Current(context.Saga, context.Message.Key) is not { Stage: StepStage.Reserving } step)
            return Task.CompletedTask;
        step.CapMicroUsd = context.Message.CapMicroUsd;
        return director.Dispatch(context, step);
    }

    /// <summary>The budget has no room: park until it fits, or fail when it never will.</summary>
    public Task Denied(BehaviorContext<PipelineState, BudgetDenied> context)
    {
        if (Current(context.Saga, context.Message.Key) is not { Stage: StepStage.Reserving } step)
            return Task.CompletedTask;
        if (context.Message.FitsAt is { } fitsAt)
            return director.Park(context, step, ParkReason.Budget, $"No room in {context.Message.Limit}.", fitsAt);
        step.Report = Unlaunched(context.Saga, context.Message.Key, ErrorCodes.BudgetDenied, $"The step can never fit into {context.Message.Limit}. Raise the limit or lower max_cost_usd.");
        return director.FailStep(context, step);
    }

    /// <summary>A runner holds the lease.</summary>
    public async Task Started(BehaviorContext<PipelineState, StepStarted> context)
    {
        if (Current(context.Saga, context.Message.Key) is not { Stage: StepStage.Dispatched } step)
            return;
        if (step.Parked == ParkReason.Outage)
            await director.PublishResumed(context, step.Id, context.Message.Runner).ConfigureAwait(false);
        step.Stage = StepStage.Running;
        step.Parked = null;
        step.DueAt = null;
    }

    /// <summary>A place is free for a step that waits.</summary>
    public Task StartStep(BehaviorContext<PipelineState, StartStep> context) =>
        context.Saga.Progress.Find(context.Message.StepId) is { Stage: StepStage.Queued } step ? director.Go(context, step) : Task.CompletedTask;

    /// <summary>A launch is over: book its cost; then, when it is the launch that counts, follow its outcome.</summary>
    public async Task Finished(BehaviorContext<PipelineState, StepFinished> context)
    {
        var report = context.Message;
        await director.Settle(context, report).ConfigureAwait(false);
        if (Current(context.Saga, report.Key) is not { Stage: StepStage.Dispatched or StepStage.Running } step)
            return;
        context.Saga.Progress.BaseCommit ??= report.BaseCommit;
        context.Saga.Progress.Usage = context.Saga.Progress.Usage.Plus(report.Usage);
        if (context.Saga.Progress.CancelReason is not null)
        {
            step.Report = report;
            step.End(StepPhase.Skipped);
            return;
        }

        await Follow(context, step, report).ConfigureAwait(false);
    }

    private Task Follow(BehaviorContext<PipelineState> context, StepProgress step, StepFinished report)
    {
        if (report.Outcome != StepOutcome.Parked)
            step.UnavailableSince = null;
        switch (report.Outcome)
        {
            case StepOutcome.HandedBack:
                return director.Launch(context, step);
            case StepOutcome.Lost when ++step.Lost < RetryPlan.LostLaunchLimit:
                return director.Launch(context, step);
            case StepOutcome.Lost:
                step.Report = report with { ErrorCode = ErrorCodes.Poisoned, ErrorMessage = $"{step.Lost} launches were lost with their runner. The step is not tried again." };
                return director.FailStep(context, step);
            case StepOutcome.Parked:
                step.Report = report;
                return director.ParkReported(context, step, report);
            case StepOutcome.Succeeded:
                step.Report = report;
                return director.Succeed(context, step);
            case StepOutcome.Failed or StepOutcome.TimedOut when ++step.Failures <= context.Saga.PlanOf(step).MaxRetries:
                step.Report = report;
                return director.BackOff(context, step, report);
            default:
                step.Report = report;
                return director.FailStep(context, step);
        }
    }

    /// <summary>A person approves.</summary>
    public async Task Approve(BehaviorContext<PipelineState, ApproveJob> context)
    {
        var (run, command) = (context.Saga, context.Message);
        Remember(run, command.Actor, command.Comment);
        if (run.Progress.AwaitingApproval && command.StepId is null)
        {
            run.Progress.AwaitingApproval = false;
            await director.PublishResumed(context, null, command.Actor).ConfigureAwait(false);
        }

        foreach (var step in Waiting(run, command.StepId, ParkReason.Approval, ParkReason.NeedsHuman))
        {
            await director.PublishResumed(context, step.Id, command.Actor).ConfigureAwait(false);
            if (step.Parked == ParkReason.NeedsHuman)
            {
                step.End(StepPhase.Tolerated);
            }
            else if (step.Report?.Outcome == StepOutcome.Succeeded)
            {
                step.End(StepPhase.Succeeded);
            }
            else
            {
                step.End(StepPhase.Waiting);
                step.Approved = true;
            }
        }
    }

    /// <summary>A person rejects: the whole job, or the step, whose rule then says what follows.</summary>
    public async Task Reject(BehaviorContext<PipelineState, RejectJob> context)
    {
        var (run, command) = (context.Saga, context.Message);
        var message = command.Comment is null ? $"Rejected by {command.Actor}." : $"Rejected by {command.Actor}: {command.Comment}";
        if (run.Progress.AwaitingApproval && command.StepId is null)
        {
            run.Progress.AwaitingApproval = false;
            run.Progress.Rejection = message;
            return;
        }

        foreach (var step in Waiting(run, command.StepId, ParkReason.Approval, ParkReason.NeedsHuman, ParkReason.MergeConflict, ParkReason.SecretInOutput))
        {
            var final = step.Parked != ParkReason.Approval;
            step.Report = (step.Report ?? Unlaunched(run, run.KeyOf(step), ErrorCodes.Rejected, message)) with
            {
                Outcome = StepOutcome.FailedForGood,
                ErrorCode = ErrorCodes.Rejected,
                ErrorMessage = message,
            };
            if (final)
                step.End(StepPhase.Failed);
            else
                await director.FailStep(context, step).ConfigureAwait(false);
        }
    }

    /// <summary>A person ends a merge conflict; the step goes on with the side or commit that they took.</summary>
    public async Task Resolve(BehaviorContext<PipelineState, ResolveJob> context)
    {
        Remember(context.Saga, context.Message.Actor, context.Message.Comment);
        foreach (var step in Waiting(context.Saga, context.Message.StepId, ParkReason.MergeConflict))
        {
            step.Resolution = context.Message.Resolution;
            await director.PublishResumed(context, step.Id, context.Message.Actor).ConfigureAwait(false);
            await director.Launch(context, step).ConfigureAwait(false);
        }
    }

    /// <summary>Looks at what is due; by hand also at what is parked and not due yet.</summary>
    public async Task Wake(BehaviorContext<PipelineState, WakeJob> context)
    {
        var now = clock.GetUtcNow();
        var wake = context.Message;
        foreach (var step in context.Saga.Progress.Steps)
        {
            if (wake.StepId is not null && !string.Equals(step.Id, wake.StepId, StringComparison.Ordinal))
                continue;
            var due = step.DueAt <= now;
            var byHand = wake.Force && step is { Stage: StepStage.Parked, Parked: not (ParkReason.Approval or ParkReason.MergeConflict or ParkReason.SecretInOutput) };
            if (due || byHand)
                await director.WakeStep(context, step, wake.Actor).ConfigureAwait(false);
        }
    }

    /// <summary>Ends what is on its way; what is parked or waits is left out at once.</summary>
    public async Task Cancel(BehaviorContext<PipelineState, CancelJob> context)
    {
        var progress = context.Saga.Progress;
        progress.CancelReason ??= context.Message.Comment is null ? $"Cancelled by {context.Message.Actor}." : $"Cancelled by {context.Message.Actor}: {context.Message.Comment}";
        progress.AwaitingApproval = false;
        foreach (var step in progress.Steps.Where(step => step.Phase is StepPhase.Active or StepPhase.Waiting))
            await director.CancelStep(context, step).ConfigureAwait(false);
    }

    /// <summary>Sends again whatever is outstanding: somebody was not sure that the run goes.</summary>
    public async Task Reassure(BehaviorContext<PipelineState> context)
    {
        foreach (var step in context.Saga.Progress.Steps.Where(step => step.Stage is StepStage.Reserving or StepStage.Dispatched or StepStage.Running))
            await director.SendAgain(context, step).ConfigureAwait(false);
    }

    private StepFinished Unlaunched(PipelineState run, AttemptKey key, string code, string message) => new()
    {
        Key = key,
        Outcome = StepOutcome.FailedForGood,
        Agent = run.Plan.Steps.First(step => string.Equals(step.Id, key.StepId, StringComparison.Ordinal)).Agent,
        Role = run.Plan.Steps.First(step => string.Equals(step.Id, key.StepId, StringComparison.Ordinal)).Role,
        Summary = message,
        ErrorCode = code,
        ErrorMessage = message,
        StartedAt = clock.GetUtcNow(),
        FinishedAt = clock.GetUtcNow(),
    };

    private static void Remember(PipelineState run, string actor, string? comment)
    {
        if (!string.IsNullOrWhiteSpace(comment))
            run.Progress.Comments.Add($"{actor}: {comment}");
    }

    private static List<StepProgress> Waiting(PipelineState run, string? stepId, params ParkReason[] reasons) =>
        run.Progress.Steps.FindAll(step => step.Parked is { } reason && step.Stage == StepStage.Parked && reasons.Contains(reason)
            && (stepId is null || string.Equals(step.Id, stepId, StringComparison.Ordinal)));

    /// <summary>The step whose current launch this is; null for an earlier launch, visit or run.</summary>
    private static StepProgress? Current(PipelineState run, AttemptKey key) =>
        run.Progress.Find(key.StepId) is { } step && run.KeyOf(step) == key ? step : null;
}
