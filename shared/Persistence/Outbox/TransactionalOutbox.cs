using MassTransit;
using MassTransit.Configuration;

namespace Orchestrator.Persistence.Outbox;

/// <summary>Makes an endpoint handle each message in one transaction.</summary>
public static class TransactionalOutbox
{
    /// <summary>
    /// For every consumer and saga of the endpoint: inbox row, state and outgoing messages commit together in the service's
    /// database, a second copy of a message has no effect, and what was sent goes to the broker after the commit and before
    /// the acknowledgement. Conflicts are run again in a new scope; an outage of the database is for the endpoint's own retry and
    /// redelivery. Call it in the definition, before other middleware.
    /// </summary>
    public static void UseTransactionalOutbox<TDb>(this IReceiveEndpointConfigurator endpoint, IRegistrationContext context)
        where TDb : ServiceDbContext
    {
        endpoint.UseMessageRetry(retry =>
        {
            retry.Exponential(12, TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(15));
            retry.Handle<Exception>(RetryableFailure.IsConflict);
        });
        var outbox = new OutboxConsumePipeSpecificationObserver<TDb>(endpoint, context);
        endpoint.ConnectConsumerConfigurationObserver(outbox);
        endpoint.ConnectSagaConfigurationObserver(outbox);
    }
}
