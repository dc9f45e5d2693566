using MassTransit;
using Orchestrator.Contracts.Budget;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;
using Orchestrator.Messaging;
using Orchestrator.Pipeline.Graph;

namespace Orchestrator.Pipeline.Saga;

/// <summary>The verbs of the saga: one method per thing that can happen to a run. Those of people are <see cref="Decisions"/>.</summary>
public sealed class PipelineActivities(
    AcceptedJobs acceptedJobs, EarlierRuns earlierRuns, StepLaunch launches, StepParking parking, StepOutcomes outcomes, RunNews news, TimeProvider clock)
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
        await news.Start(context).ConfigureAwait(false);
        news.Parked(context, null, ParkReason.Approval, "The job waits for approval before its first step.", null);
    }

    /// <summary>The budget holds the sum: send the step to its runner.</summary>
    public Task Dispatch(BehaviorContext<PipelineState, BudgetReserved> context)
    {
        if (Current(context.Saga, context.Message.Key) is not { Stage: StepStage.Reserving } step)
            return Task.CompletedTask;
        step.CapMicroUsd = context.Message.CapMicroUsd;
        return launches.Dispatch(context, step);
    }

    /// <summary>The budget has no room: park until it fits, or fail when it never will.</summary>
    public Task Denied(BehaviorContext<PipelineState, BudgetDenied> context)
    {
        if (Current(context.Saga, context.Message.Key) is not { Stage: StepStage.Reserving } step)
            return Task.CompletedTask;
        if (context.Message.FitsAt is { } fitsAt)
            return parking.Park(context, step, ParkReason.Budget, $"No room in {context.Message.Limit}.", fitsAt);
        step.Report = context.Saga.Unlaunched(step, ErrorCodes.BudgetDenied, $"The step can never fit into {context.Message.Limit}. Raise the limit or lower max_cost_usd.", clock.GetUtcNow());
        return outcomes.FailStep(context, step);
    }

    /// <summary>A runner holds the lease.</summary>
    public void Started(BehaviorContext<PipelineState, StepStarted> context)
    {
        if (Current(context.Saga, context.Message.Key) is not { Stage: StepStage.Dispatched } step)
            return;
        if (step.Parked == ParkReason.Outage)
            news.Resumed(context, step.Id, context.Message.Runner);
        step.Stage = StepStage.Running;
        step.Parked = null;
        // A cancel that went out before is told again until it is answered: it may have been lost.
        if (context.Saga.Progress.CancelReason is null)
            step.DueAt = null;
    }

    /// <summary>The launch that looked for the base of the run has found it.</summary>
    public void BaseResolved(BehaviorContext<PipelineState, BaseResolved> context)
    {
        if (Current(context.Saga, context.Message.Key) is { Stage: StepStage.Dispatched or StepStage.Running })
            context.Saga.Progress.BaseCommit ??= context.Message.BaseCommit;
    }

    /// <summary>A place is free for a step that waits; it gives it back where it has to wait for the base first.</summary>
    public Task StartStep(BehaviorContext<PipelineState, StartStep> context)
    {
        if (context.Saga.Progress.Find(context.Message.StepId) is not { Stage: StepStage.Queued } step)
            return Task.CompletedTask;
        if (!BaseSearch.IsBeingResolved(context.Saga, step))
            return launches.Go(context, step);
        step.AwaitBase();
        return Task.CompletedTask;
    }

    /// <summary>A launch is over: book its cost; then, when it is the launch that counts, follow its outcome.</summary>
    public async Task Finished(BehaviorContext<PipelineState, StepFinished> context)
    {
        var report = context.Message;
        StepOutcomes.Settle(context, report);
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

        await outcomes.Follow(context, step, report).ConfigureAwait(false);
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
            var unanswered = step is { Stage: StepStage.Dispatched, Parked: ParkReason.Outage };
            var byHand = wake.Force && (unanswered || step is { Stage: StepStage.Parked, Parked: not (ParkReason.Approval or ParkReason.MergeConflict or ParkReason.SecretInOutput) });
            if (wake.Force && unanswered)
                step.Resent = 0;
            if (due || byHand)
                await WakeStep(context, step, wake.Actor).ConfigureAwait(false);
        }
    }

    /// <summary>The moment of a step has come: launch what was parked, send again what nobody took.</summary>
    private async Task WakeStep(BehaviorContext<PipelineState> context, StepProgress step, string actor)
    {
        if (step.Stage != StepStage.Parked)
        {
            await launches.SendAgain(context, step).ConfigureAwait(false);
            if (step is { Stage: StepStage.Dispatched, Parked: null } && context.Saga.Progress.CancelReason is null)
            {
                step.Parked = ParkReason.Outage;
                news.Parked(context, step.Id, ParkReason.Outage, $"No {Queues.Of(context.Saga.PlanOf(step).Role)} took the step. Start one, or look into its failed queue.", step.DueAt);
            }

            return;
        }

        news.Resumed(context, step.Id, actor);
        await launches.Launch(context, step).ConfigureAwait(false);
    }

    /// <summary>Ends what is on its way; what is parked or waits is left out at once.</summary>
    public async Task Cancel(BehaviorContext<PipelineState, CancelJob> context)
    {
        var progress = context.Saga.Progress;
        progress.CancelReason ??= context.Message.Comment is null ? $"Cancelled by {context.Message.Actor}." : $"Cancelled by {context.Message.Actor}: {context.Message.Comment}";
        progress.AwaitingApproval = false;
        foreach (var step in progress.Steps.Where(step => step.Phase is StepPhase.Active or StepPhase.Waiting))
            await outcomes.CancelStep(context, step).ConfigureAwait(false);
    }

    /// <summary>Sends again whatever is outstanding: somebody was not sure that the run goes.</summary>
    public async Task Reassure(BehaviorContext<PipelineState> context)
    {
        foreach (var step in context.Saga.Progress.Steps.Where(step => step.Stage is StepStage.Reserving or StepStage.Dispatched or StepStage.Running))
            await launches.SendAgain(context, step).ConfigureAwait(false);
    }

    /// <summary>The step whose current launch this is; null for an earlier launch, visit or run.</summary>
    private static StepProgress? Current(PipelineState run, AttemptKey key) =>
        run.Progress.Find(key.StepId) is { } step && run.KeyOf(step) == key ? step : null;
}
