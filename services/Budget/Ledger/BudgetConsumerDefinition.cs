using MassTransit;
using Orchestrator.Messaging;
using Orchestrator.Persistence.Outbox;

namespace Orchestrator.Budget.Ledger;

/// <summary>All of Budget's commands come by one queue and commit in its database.</summary>
public sealed class BudgetConsumerDefinition<TConsumer> : ConsumerDefinition<TConsumer>
    where TConsumer : class, IConsumer
{
    public BudgetConsumerDefinition() => EndpointName = Queues.Budget;

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<TConsumer> consumerConfigurator, IRegistrationContext context)
    {
        // As many as are delivered may share a transaction.
        endpointConfigurator.ConcurrentMessageLimit = null;
        endpointConfigurator.UseConflictRetry();
    }
}
