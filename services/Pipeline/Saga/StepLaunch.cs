using MassTransit;
using Microsoft.Extensions.Options;
using Orchestrator.Contracts.Budget;
using Orchestrator.Contracts.Steps;
using Orchestrator.Messaging;
using Orchestrator.Pipeline.Flow;
using Orchestrator.Pipeline.Graph;

namespace Orchestrator.Pipeline.Saga;

/// <summary>One launch of a step, from its place over its money to its runner; and its commands again when nobody answers.</summary>
public sealed class StepLaunch(Places places, RunNews news, IOptions<PipelineOptions> options, TimeProvider clock)
{
    /// <summary>Launches the step, or has it wait for the base of the run or for a place. A place comes before the money: what waits holds none.</summary>
    public async Task Launch(BehaviorContext<PipelineState> context, StepProgress step)
    {
        if (BaseSearch.IsBeingResolved(context.Saga, step))
        {
            step.AwaitBase();
            return;
        }

        step.Phase = StepPhase.Active;
        step.Stage = StepStage.Queued;
        step.Parked = null;
        step.DueAt = null;
        if (await places.TakeAsync(context, step).ConfigureAwait(false))
            await Go(context, step).ConfigureAwait(false);
    }

    /// <summary>Counts a new launch and asks the budget for its money. Law 5: counted in the transaction that starts it.</summary>
    public async Task Go(BehaviorContext<PipelineState> context, StepProgress step)
    {
        await news.Start(context).ConfigureAwait(false);
        step.Stage = StepStage.Reserving;
        step.Attempt++;
        step.Resent = 0;
        step.Token = ++context.Saga.Progress.Launches;
        var start = Lineage.StartOf(context.Saga, step);
        // A person ended the conflict of the work that was there then; other work is another conflict.
        if (!OfOthers(start).SequenceEqual(OfOthers(step.StartFrom)))
            step.Resolution = null;
        step.StartFrom = start;
        step.DueAt = clock.GetUtcNow() + options.Value.ReserveDeadline;
        await Reserve(context, step).ConfigureAwait(false);

        IEnumerable<StepWork> OfOthers(IEnumerable<StepWork> works) => works.Where(work => !string.Equals(work.StepId, step.Id, StringComparison.Ordinal));
    }

    private static Task Reserve(BehaviorContext<PipelineState> context, StepProgress step)
    {
        var plan = context.Saga.PlanOf(step);
        var reserve = new ReserveBudget(context.Saga.KeyOf(step), context.Saga.Plan.ProjectId, plan.Agent, plan.Model, plan.ReserveMicroUsd, 0);
        if (context.Saga.Settlement is not { } settlement)
            return context.Send(Queues.Address(Queues.Budget), reserve);
        context.Saga.Settlement = settlement with { Next = [.. settlement.Next ?? [], reserve] };
        return Task.CompletedTask;
    }

    /// <summary>Sends the launch to the runner of its role.</summary>
    public Task Dispatch(BehaviorContext<PipelineState> context, StepProgress step)
    {
        step.Stage = StepStage.Dispatched;
        step.DueAt = clock.GetUtcNow() + options.Value.DispatchDeadline;
        return SendRunStep(context, step);
    }

    private static Task SendRunStep(BehaviorContext<PipelineState> context, StepProgress step)
    {
        var run = context.Saga;
        var plan = run.PlanOf(step);
        return context.Send(Queues.Address(Queues.Of(plan.Role)), new RunStep
        {
            Key = run.KeyOf(step),
            Role = plan.Role,
            Agent = plan.Agent,
            Document = new DocumentReference(run.DocumentPath, run.DocumentSha256),
            StartFrom = step.StartFrom,
            Earlier = Lineage.ArtifactsFor(run, step),
            BaseCommit = run.Progress.BaseCommit,
            AnnounceBase = BaseSearch.IsAwaited(run, step),
            CapMicroUsd = step.CapMicroUsd,
            Comments = [.. run.Progress.Comments, .. step.Comments],
            Notices = Lineage.NoticesFor(run, step),
            Resolution = step.Resolution,
            ReleasedSecrets = run.Progress.ReleasedSecrets ?? [],
            TraceParent = run.Plan.TraceParent,
        });
    }

    /// <summary>Sends the outstanding command of a launch again; whoever has it already answers from what it stored.</summary>
    public Task SendAgain(BehaviorContext<PipelineState> context, StepProgress step)
    {
        if (context.Saga.Progress.CancelReason is { } reason && step.Stage is (StepStage.Dispatched or StepStage.Running))
        {
            var plan = context.Saga.PlanOf(step);
            step.DueAt = clock.GetUtcNow() + options.Value.CancelDeadline;
            return context.Publish(new CancelStep(context.Saga.KeyOf(step), reason, plan.Agent, plan.Role));
        }

        var wait = options.Value.DispatchDeadline * Math.Pow(2, Math.Min(++step.Resent, 5));
        step.DueAt = step.Stage == StepStage.Running ? null : clock.GetUtcNow() + wait;
        return step.Stage == StepStage.Reserving ? Reserve(context, step) : SendRunStep(context, step);
    }
}
