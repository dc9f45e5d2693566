using MassTransit;
using Orchestrator.Messaging;
using Orchestrator.Persistence.Outbox;

namespace Orchestrator.Pipeline.Saga;

/// <summary>The saga's endpoint: inbox, state and outbox in one transaction.</summary>
public sealed class PipelineStateDefinition : SagaDefinition<PipelineState>
{
    /// <summary>Creates it.</summary>
    public PipelineStateDefinition() => EndpointName = Queues.Pipeline;

    /// <inheritdoc />
    protected override void ConfigureSaga(IReceiveEndpointConfigurator endpointConfigurator, ISagaConfigurator<PipelineState> sagaConfigurator, IRegistrationContext context) =>
        endpointConfigurator.UseTransactionalOutbox<PipelineDbContext>(context);
}
