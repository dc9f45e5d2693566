using MassTransit;
using Orchestrator.Contracts.Budget;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;
using Orchestrator.Messaging.Failures;
using Orchestrator.Pipeline.Flow;

namespace Orchestrator.Pipeline.Saga;

/// <summary>The life of a run as a table of transitions; the diagram is in README.md beside this file.</summary>
public sealed class PipelineStateMachine : MassTransitStateMachine<PipelineState>
{
    private readonly RunDirector _director;
    private readonly RunNews _news;
    private readonly JobEnding _ending;
    private readonly Places _places;

    /// <summary>Builds the table.</summary>
    public PipelineStateMachine(PipelineActivities run, Decisions people, RunDirector director, RunNews news, JobEnding ending, Places places)
    {
        _places = places;
        _director = director;
        _news = news;
        _ending = ending;
        InstanceState(state => state.CurrentState);
        Event(() => Start, e => e.CorrelateById(c => c.Message.PipelineId));
        Event(() => BudgetReserved, e => e.CorrelateById(c => c.Message.Key.PipelineId));
        Event(() => BudgetDenied, e => e.CorrelateById(c => c.Message.Key.PipelineId));
        Event(() => StepStarted, e => e.CorrelateById(c => c.Message.Key.PipelineId));
        Event(() => BaseResolved, e => e.CorrelateById(c => c.Message.Key.PipelineId));
        Event(() => StepFinished, e => e.CorrelateById(c => c.Message.Key.PipelineId));
        Event(() => Cancel, e => FollowsStart(e, command => command.PipelineId));
        Event(() => Approve, e => FollowsStart(e, command => command.PipelineId));
        Event(() => Reject, e => FollowsStart(e, command => command.PipelineId));
        Event(() => Resolve, e => FollowsStart(e, command => command.PipelineId));
        Event(() => Release, e => FollowsStart(e, command => command.PipelineId));
        Event(() => StartStep, e => { e.CorrelateById(c => c.Message.PipelineId); e.OnMissingInstance(m => m.Discard()); });
        Event(() => Wake, e => { e.CorrelateById(c => c.Message.PipelineId); e.OnMissingInstance(m => m.Discard()); });

        Initially(
            Then(When(Start).ThenAsync(run.Begin)));

        During(Submitted, Running, Parked,
            Then(When(StartStep).ThenAsync(run.StartStep)),
            Then(When(BudgetReserved).ThenAsync(run.Dispatch)),
            Then(When(BudgetDenied).ThenAsync(run.Denied)),
            Then(When(StepStarted).Then(run.Started)),
            Then(When(BaseResolved).Then(run.BaseResolved)),
            Then(When(StepFinished).ThenAsync(run.Finished)),
            Then(When(Approve).Then(people.Approve)),
            Then(When(Reject).ThenAsync(people.Reject)),
            Then(When(Resolve).ThenAsync(people.Resolve)),
            Then(When(Release).ThenAsync(people.Release)),
            Then(When(Wake).ThenAsync(run.Wake)),
            Then(When(Start).ThenAsync(run.Reassure)),
            Then(When(Cancel).ThenAsync(run.Cancel)));

        During(Cancelling,
            Ignore(Approve), Ignore(Reject), Ignore(Resolve), Ignore(Release), Ignore(BudgetReserved), Ignore(BudgetDenied), Ignore(BaseResolved), Ignore(StartStep),
            Then(When(StepStarted).Then(run.Started)),
            Then(When(StepFinished).ThenAsync(run.Finished)),
            Then(When(Wake).ThenAsync(run.Wake)),
            Then(When(Start).ThenAsync(run.Reassure)),
            Then(When(Cancel).ThenAsync(run.Cancel)));

        // A run that is over stays over: late reports are paid for, questions get the outcome again.
        During(Completed, Failed, Cancelled,
            Ignore(Approve), Ignore(Reject), Ignore(Resolve), Ignore(Release), Ignore(Wake), Ignore(Cancel),
            Ignore(BudgetReserved), Ignore(BudgetDenied), Ignore(StepStarted), Ignore(BaseResolved), Ignore(StartStep),
            When(StepFinished).Then(c => StepOutcomes.Settle(c, c.Message)).ThenAsync(StepOutcomes.Book),
            When(Start).ThenAsync(ending.PublishOutcome));
    }

    /// <summary>Waits its turn.</summary>
    public State Submitted { get; private set; } = null!;

    /// <summary>At least one launch is on its way.</summary>
    public State Running { get; private set; } = null!;

    /// <summary>Everything that is left waits for a reason and a wake condition.</summary>
    public State Parked { get; private set; } = null!;

    /// <summary>Waits until no process of the job is left.</summary>
    public State Cancelling { get; private set; } = null!;

    /// <summary>Every step that had to succeed did.</summary>
    public State Completed { get; private set; } = null!;

    /// <summary>A step failed for good, or a person rejected the job.</summary>
    public State Failed { get; private set; } = null!;

    /// <summary>Cancelled, and no process is left.</summary>
    public State Cancelled { get; private set; } = null!;

    /// <summary>Make sure that the run goes.</summary>
    public Event<StartPipeline> Start { get; private set; } = null!;

    /// <summary>The money of a launch is held.</summary>
    public Event<BudgetReserved> BudgetReserved { get; private set; } = null!;

    /// <summary>There is no room for a launch.</summary>
    public Event<BudgetDenied> BudgetDenied { get; private set; } = null!;

    /// <summary>A runner holds the lease of a launch.</summary>
    public Event<StepStarted> StepStarted { get; private set; } = null!;

    /// <summary>A launch has found the base of the run.</summary>
    public Event<BaseResolved> BaseResolved { get; private set; } = null!;

    /// <summary>A launch is over.</summary>
    public Event<StepFinished> StepFinished { get; private set; } = null!;

    /// <summary>Somebody cancels the job.</summary>
    public Event<CancelJob> Cancel { get; private set; } = null!;

    /// <summary>A person approves.</summary>
    public Event<ApproveJob> Approve { get; private set; } = null!;

    /// <summary>A person rejects.</summary>
    public Event<RejectJob> Reject { get; private set; } = null!;

    /// <summary>A person ends a merge conflict.</summary>
    public Event<ResolveJob> Resolve { get; private set; } = null!;

    /// <summary>A person releases what looks like a secret.</summary>
    public Event<ReleaseSecrets> Release { get; private set; } = null!;

    /// <summary>A place is free for a step that waits.</summary>
    public Event<StartStep> StartStep { get; private set; } = null!;

    /// <summary>Something is due.</summary>
    public Event<WakeJob> Wake { get; private set; } = null!;

    /// <summary>Start and command are consumed side by side: what a person asks for may come first, and is not lost for it.</summary>
    private static void FollowsStart<T>(IEventCorrelationConfigurator<PipelineState, T> command, Func<T, Guid> run)
        where T : class
    {
        command.CorrelateById(c => run(c.Message));
        command.OnMissingInstance(m => m.Execute(c => throw new TooEarlyException($"Run {run(c.Message)} has not started yet.")));
    }

    /// <summary>After each change: start what may start, then be where the run now is.</summary>
    private EventActivityBinder<PipelineState, T> Then<T>(EventActivityBinder<PipelineState, T> binder)
        where T : class =>
        binder.ThenAsync(async context =>
        {
            var decision = await _director.Advance(context).ConfigureAwait(false);
            await _news.Tell(context).ConfigureAwait(false);
            if (decision.Over)
                await _ending.Finish(context, decision.FailedStep).ConfigureAwait(false);
            await StepOutcomes.Book(context).ConfigureAwait(false);
            _places.Keep(context);
            context.Saga.Keep();
        })
        .If(c => c.Saga.Standing == RunStanding.Submitted, b => b.TransitionTo(Submitted))
        .If(c => c.Saga.Standing == RunStanding.Running, b => b.TransitionTo(Running))
        .If(c => c.Saga.Standing == RunStanding.Parked, b => b.TransitionTo(Parked))
        .If(c => c.Saga.Standing == RunStanding.Cancelling, b => b.TransitionTo(Cancelling))
        .If(c => c.Saga.Standing == RunStanding.Completed, b => b.TransitionTo(Completed))
        .If(c => c.Saga.Standing == RunStanding.Failed, b => b.TransitionTo(Failed))
        .If(c => c.Saga.Standing == RunStanding.Cancelled, b => b.TransitionTo(Cancelled));
}
