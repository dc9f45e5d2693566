using MassTransit;
using MassTransit.Configuration;

namespace Orchestrator.Persistence.Outbox;

/// <summary>Makes an endpoint handle each message in one transaction.</summary>
public static class TransactionalOutbox
{
    /// <summary>
    /// For every consumer and saga of the endpoint: inbox row, state and outgoing messages commit together in the service's
    /// database, a second copy of a message has no effect, and what was sent goes to the broker after the commit and before
    /// the acknowledgement. Conflicts are run again in a new scope; while the database is away the message is held. Call it
    /// in the definition, before other middleware.
    /// </summary>
    public static void UseTransactionalOutbox<TDb>(this IReceiveEndpointConfigurator endpoint, IRegistrationContext context)
        where TDb : ServiceDbContext
    {
        endpoint.UseMessageRetry(retry =>
        {
            // Fifteen minutes, half of what the broker waits for an acknowledgement.
            retry.Exponential(200, TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(200));
            retry.Handle<Exception>(RetryableFailure.IsOutage);
        });
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
