using MassTransit;
using Orchestrator.Persistence.Outbox;

namespace Orchestrator.UnitTests.Persistence.Workshop;

public sealed class CounterState : SagaStateMachineInstance
{
    public Guid CorrelationId { get; set; }

    public string CurrentState { get; set; } = "";

    public int Total { get; set; }

    public string Seen { get; set; } = "";

    public DateTimeOffset? DueAt { get; set; }
}

/// <summary>Counts every message once, in whatever order they come.</summary>
public sealed class CounterStateMachine : MassTransitStateMachine<CounterState>
{
    public CounterStateMachine()
    {
        InstanceState(counter => counter.CurrentState);
        Event(() => Up, up => up.CorrelateById(context => context.Message.Id));
        Initially(When(Up).Then(Count).Publish(Report).TransitionTo(Counting));
        During(Counting, When(Up).Then(Count).Publish(Report));
    }

    public State Counting { get; private set; } = null!;

    public Event<CountUp> Up { get; private set; } = null!;

    private static void Count(BehaviorContext<CounterState, CountUp> context)
    {
        context.Saga.Total++;
        context.Saga.Seen += $"{context.Message.Number};";
    }

    private static Counted Report(BehaviorContext<CounterState, CountUp> context) =>
        new(context.Saga.CorrelationId, context.Message.Number, context.Saga.Total);
}

public sealed class CounterStateDefinition : SagaDefinition<CounterState>
{
    public CounterStateDefinition() => EndpointName = "counter";

    protected override void ConfigureSaga(
        IReceiveEndpointConfigurator endpointConfigurator, ISagaConfigurator<CounterState> sagaConfigurator, IRegistrationContext context) =>
        endpointConfigurator.UseConflictRetry();
}
