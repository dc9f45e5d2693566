using MassTransit;
using Orchestrator.Messaging;
using Orchestrator.Persistence.Outbox;
using Orchestrator.Pipeline.Flow;

namespace Orchestrator.Pipeline.Saga;

/// <summary>The saga's endpoint: inbox, state and outbox in one transaction.</summary>
public sealed class PipelineStateDefinition : SagaDefinition<PipelineState>
{
    /// <summary>Creates it.</summary>
    public PipelineStateDefinition() => EndpointName = Queues.Pipeline;

    /// <inheritdoc />
    protected override void ConfigureSaga(IReceiveEndpointConfigurator endpointConfigurator, ISagaConfigurator<PipelineState> sagaConfigurator, IRegistrationContext context) =>
        Configure(endpointConfigurator, context);

    private static void Configure(IReceiveEndpointConfigurator endpoint, IRegistrationContext context)
    {
        // Around the transaction: what it freed can be given away as soon as it is committed.
        endpoint.UseFilter(new ReleaseAfterCommit(context.GetRequiredService<Release>()));
        // As many as are delivered may share a transaction.
        endpoint.ConcurrentMessageLimit = null;
        endpoint.UseConflictRetry();
    }
}
