using MassTransit;
using Microsoft.Extensions.Options;
using Orchestrator.Artifacts;
using Orchestrator.Contracts.Budget;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;
using Orchestrator.Messaging;
using Orchestrator.Pipeline.Flow;
using Orchestrator.Pipeline.Graph;

namespace Orchestrator.Pipeline.Saga;

/// <summary>What the verbs of the saga make of a step: launch, park, back off, fail, cancel; each with its messages.</summary>
public sealed class RunDirector(Places places, ConcurrencyKeys keys, IJobAssembler assembler, IOptions<PipelineOptions> options, TimeProvider clock)
{
    /// <summary>Starts whatever may start now and makes the jumps of <c>goto</c>. Answers whether the run is over and which step failed it.</summary>
    public async Task<Decision> Advance(BehaviorContext<PipelineState> context)
    {
        var (run, progress) = (context.Saga, context.Saga.Progress);
        if (progress.CancelReason is not null || progress.Rejection is not null)
            return progress.InFlight ? Decision.Wait : new Decision([], null, Over: true, FailedStep: null);
        if (progress.AwaitingApproval || !await keys.AdmitAsync(context).ConfigureAwait(false))
            return Decision.Wait;

        var graph = run.Plan.Graph();
        while (true)
        {
            if (progress.Steps.Exists(step => step.Phase == StepPhase.Failed))
                progress.Steps.FindAll(step => step.Stage is StepStage.Parked or StepStage.Queued).ForEach(step => step.End(StepPhase.Skipped));
            var decision = NextSteps.Decide(graph, progress.Phases());
            if (decision.Jump is null)
            {
                foreach (var id in decision.Ready)
                    await Begin(context, progress.Find(id)!).ConfigureAwait(false);
                return decision;
            }

            Make(progress, decision.Jump);
        }
    }

    private Task Begin(BehaviorContext<PipelineState> context, StepProgress step) =>
        context.Saga.PlanOf(step).Approval == StepApproval.Before && !step.Approved
            ? Park(context, step, ParkReason.Approval, $"Step {step.Id} waits for approval before it starts.", null)
            : Launch(context, step);

    private static void Make(RunProgress progress, Jump jump)
    {
        var from = progress.Find(jump.From)!;
        var again = jump.Again.Select(id => progress.Find(id)!).ToList();
        if (again.Exists(step => step.Attempt > 0 && step.Visit >= RetryPlan.VisitLimit))
        {
            from.Report = from.Report! with
            {
                ErrorCode = ErrorCodes.VisitLimit,
                ErrorMessage = $"{from.Report.ErrorMessage} The jump to {jump.To} was made {RetryPlan.VisitLimit - 1} times already.",
            };
            from.End(StepPhase.Failed);
            return;
        }

        if (again.Count == 0)
        {
            from.End(StepPhase.Tolerated);
            foreach (var id in jump.Skip)
                progress.Find(id)!.End(StepPhase.Skipped);
            return;
        }

        progress.Find(jump.To)!.Comments.Add($"Step {jump.From} failed and sent the work back: {from.Report?.ErrorMessage ?? from.Report?.Summary}");
        again.ForEach(step => step.VisitAgain());
    }

    /// <summary>Launches the step, or has it wait for a place. A place comes before the money: what waits holds none.</summary>
    public async Task Launch(BehaviorContext<PipelineState> context, StepProgress step)
    {
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
        await Start(context).ConfigureAwait(false);
        step.Stage = StepStage.Reserving;
        step.Attempt++;
        step.Resent = 0;
        step.Token = ++context.Saga.Progress.Launches;
        step.StartFrom = Lineage.StartOf(context.Saga, step);
        step.DueAt = clock.GetUtcNow() + options.Value.ReserveDeadline;
        await Reserve(context, step).ConfigureAwait(false);
    }

    /// <summary>Tells everybody, once, that the run has begun.</summary>
    public Task Start(BehaviorContext<PipelineState> context)
    {
        var (run, progress) = (context.Saga, context.Saga.Progress);
        if (progress.Started)
            return Task.CompletedTask;
        progress.Started = true;
        run.StartedAt = clock.GetUtcNow();
        return context.Publish(new JobStarted(run.CorrelationId, run.JobId, run.Run, run.StartedAt, progress.Reused));
    }

    private static Task Reserve(BehaviorContext<PipelineState> context, StepProgress step)
    {
        var plan = context.Saga.PlanOf(step);
        return context.Send(Queues.Address(Queues.Budget), new ReserveBudget(
            context.Saga.KeyOf(step), context.Saga.Plan.ProjectId, plan.Agent, plan.Model, plan.ReserveMicroUsd, 0));
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
            CapMicroUsd = step.CapMicroUsd,
            Comments = [.. run.Progress.Comments, .. step.Comments],
            Resolution = step.Resolution,
            TraceParent = run.Plan.TraceParent,
        });
    }

    /// <summary>Sends the outstanding command of a launch again; whoever has it already answers from what it stored.</summary>
    public Task SendAgain(BehaviorContext<PipelineState> context, StepProgress step)
    {
        if (context.Saga.Progress.CancelReason is { } reason && step.Stage is (StepStage.Dispatched or StepStage.Running))
        {
            step.DueAt = clock.GetUtcNow() + options.Value.CancelDeadline;
            return context.Publish(new CancelStep(context.Saga.KeyOf(step), reason));
        }

        var wait = options.Value.DispatchDeadline * Math.Pow(2, Math.Min(++step.Resent, 5));
        step.DueAt = step.Stage == StepStage.Running ? null : clock.GetUtcNow() + wait;
        return step.Stage == StepStage.Reserving ? Reserve(context, step) : SendRunStep(context, step);
    }

    /// <summary>The moment of a step has come: launch what was parked, send again what nobody took.</summary>
    public async Task WakeStep(BehaviorContext<PipelineState> context, StepProgress step, string actor)
    {
        if (step.Stage != StepStage.Parked)
        {
            await SendAgain(context, step).ConfigureAwait(false);
            if (step is { Stage: StepStage.Dispatched, Parked: null } && context.Saga.Progress.CancelReason is null)
            {
                step.Parked = ParkReason.Outage;
                await PublishParked(context, step.Id, ParkReason.Outage, $"No {Queues.Of(context.Saga.PlanOf(step).Role)} took the step. Start one, or look into its failed queue.", step.DueAt).ConfigureAwait(false);
            }

            return;
        }

        if (step.Parked is ParkReason.SandboxUnavailable or ParkReason.AgentUnavailable && clock.GetUtcNow() - step.UnavailableSince >= options.Value.UnavailableDeadline)
        {
            await FailStep(context, step).ConfigureAwait(false);
            return;
        }

        await PublishResumed(context, step.Id, actor).ConfigureAwait(false);
        await Launch(context, step).ConfigureAwait(false);
    }

    /// <summary>Parks a step: it holds nothing and goes on at <paramref name="wakeAt"/>, or when a person says so.</summary>
    public async Task Park(BehaviorContext<PipelineState> context, StepProgress step, ParkReason reason, string detail, DateTimeOffset? wakeAt)
    {
        await Start(context).ConfigureAwait(false);
        step.Phase = StepPhase.Active;
        step.Stage = StepStage.Parked;
        step.Parked = reason;
        step.UnavailableSince = reason is ParkReason.SandboxUnavailable or ParkReason.AgentUnavailable ? step.UnavailableSince ?? clock.GetUtcNow() : null;
        step.DueAt = wakeAt;
        // Whoever has to decide sees what there is to decide about: both sides of a conflict, the work to approve.
        if (reason is ParkReason.Approval or ParkReason.NeedsHuman or ParkReason.MergeConflict)
        {
            var reports = context.Saga.Progress.Steps.Select(earlier => earlier.Report).OfType<StepFinished>().Where(report => report.ErrorCode != ErrorCodes.SecretInOutput);
            await assembler.ShowAsync(context.Saga.JobId, reports, context.CancellationToken).ConfigureAwait(false);
        }

        await PublishParked(context, step.Id, reason, detail, wakeAt).ConfigureAwait(false);
    }

    /// <summary>Parks for the reason that the runner reported.</summary>
    public Task ParkReported(BehaviorContext<PipelineState> context, StepProgress step, StepFinished report)
    {
        var reason = report.ErrorCode switch
        {
            ErrorCodes.ProviderLimit => ParkReason.ProviderLimit,
            ErrorCodes.AgentUnavailable => ParkReason.AgentUnavailable,
            ErrorCodes.SandboxUnavailable => ParkReason.SandboxUnavailable,
            ErrorCodes.SecretInOutput => ParkReason.SecretInOutput,
            ErrorCodes.MergeConflict => ParkReason.MergeConflict,
            _ => ParkReason.Outage,
        };
        DateTimeOffset? wakeAt = reason is ParkReason.SecretInOutput or ParkReason.MergeConflict
            ? null
            : report.RetryAt ?? clock.GetUtcNow() + options.Value.ProbeAgain;
        return Park(context, step, reason, report.ErrorMessage ?? report.Summary, wakeAt);
    }

    /// <summary>The launch succeeded: ask a person when the step says so, else the step is done.</summary>
    public Task Succeed(BehaviorContext<PipelineState> context, StepProgress step)
    {
        if (context.Saga.PlanOf(step).Approval == StepApproval.After)
            return Park(context, step, ParkReason.Approval, $"Step {step.Id} is done and waits for approval.", null);
        step.End(StepPhase.Succeeded);
        return Task.CompletedTask;
    }

    /// <summary>Parks between two attempts.</summary>
    public Task BackOff(BehaviorContext<PipelineState> context, StepProgress step, StepFinished report)
    {
        var pause = RetryPlan.Backoff(context.Saga.PlanOf(step).BackoffSec, step.Failures, Random.Shared.NextDouble());
        return Park(context, step, ParkReason.Backoff, $"Attempt {step.Attempt} failed ({report.ErrorCode}): {report.ErrorMessage}", clock.GetUtcNow() + pause);
    }

    /// <summary>No attempt is left: follow the step's rule.</summary>
    public Task FailStep(BehaviorContext<PipelineState> context, StepProgress step)
    {
        switch (FailureRule.Parse(context.Saga.PlanOf(step).OnFailure).Kind)
        {
            case FailureRuleKind.Continue:
                step.End(StepPhase.Tolerated);
                break;
            case FailureRuleKind.Goto:
                step.End(StepPhase.Jumping);
                break;
            case FailureRuleKind.AskHuman:
                return Park(context, step, ParkReason.NeedsHuman, $"Step {step.Id} failed ({step.Report?.ErrorCode}): {step.Report?.ErrorMessage} Approve to go on without it, wake to try again, or reject.", null);
            default:
                step.End(StepPhase.Failed);
                break;
        }

        return Task.CompletedTask;
    }

    /// <summary>Ends a step for a cancelled job: a running one when its runner confirms it, all else at once.</summary>
    public async Task CancelStep(BehaviorContext<PipelineState> context, StepProgress step)
    {
        if (step.Stage is StepStage.Dispatched or StepStage.Running)
        {
            await SendAgain(context, step).ConfigureAwait(false);
            return;
        }

        if (step.Stage == StepStage.Reserving)
            await context.Send(Queues.Address(Queues.Budget), new ReleaseBudget(context.Saga.KeyOf(step), "cancelled before launch")).ConfigureAwait(false);
        step.End(StepPhase.Skipped);
    }

    /// <summary>Books what a launch used. The cost of a lost launch is not known: its reservation stays until it is reconciled.</summary>
    public Task Settle(BehaviorContext<PipelineState> context, StepFinished report) =>
        report.Outcome == StepOutcome.Lost
            ? Task.CompletedTask
            : context.Send(Queues.Address(Queues.Budget), new SettleBudget(report.Key, report.Usage.CostMicroUsd, report.Usage.Calls, report.Outcome));

    /// <summary>Tells everybody that the job, or one step of it, waits.</summary>
    public Task PublishParked(BehaviorContext<PipelineState> context, string? stepId, ParkReason reason, string detail, DateTimeOffset? wakeAt) =>
        context.Publish(new JobParked(context.Saga.CorrelationId, context.Saga.JobId, context.Saga.Run, stepId, reason, detail, wakeAt, clock.GetUtcNow()));

    /// <summary>Tells everybody that it goes on.</summary>
    public Task PublishResumed(BehaviorContext<PipelineState> context, string? stepId, string actor) =>
        context.Publish(new JobResumed(context.Saga.CorrelationId, context.Saga.JobId, context.Saga.Run, stepId, actor, clock.GetUtcNow()));
}
