using System.Runtime.CompilerServices;
using MassTransit;
using MassTransit.Configuration;

namespace Orchestrator.Persistence.Outbox;

/// <summary>Makes an endpoint handle each message in one transaction.</summary>
public static class TransactionalOutbox
{
    private static readonly ConditionalWeakTable<IReceiveEndpointConfigurator, Type> Endpoints = [];

    /// <summary>
    /// For every consumer of the endpoint (sagas have it from their repository): inbox row, state and outgoing messages commit together in the service's
    /// database, a second copy of a message has no effect, and what was sent goes to the broker after the commit and before
    /// the acknowledgement. Conflicts are run again in a new scope; an outage of the database is for the endpoint's own retry and
    /// redelivery. Call it in the definition, before other middleware; several consumers of one endpoint may all call it.
    /// </summary>
    public static void UseTransactionalOutbox<TDb>(this IReceiveEndpointConfigurator endpoint, IRegistrationContext context)
        where TDb : ServiceDbContext
    {
        if (Endpoints.TryGetValue(endpoint, out var database))
        {
            if (database != typeof(TDb))
                throw new InvalidOperationException($"{endpoint.InputAddress} has its outbox in {database.Name}; a message commits in one database.");
            return;
        }

        // Remembered, since a second filter on the endpoint would take the first one's inbox row for that of a copy.
        Endpoints.Add(endpoint, typeof(TDb));
        endpoint.UseConflictRetry();
        endpoint.ConnectConsumerConfigurationObserver(new OutboxConsumePipeSpecificationObserver<TDb>(endpoint, context));
    }

    /// <summary>Runs a message again, in a new scope, when somebody else was faster in the database.</summary>
    public static void UseConflictRetry(this IReceiveEndpointConfigurator endpoint) => endpoint.UseMessageRetry(retry =>
    {
        retry.Exponential(12, TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(15));
        retry.Handle<Exception>(RetryableFailure.IsConflict);
    });
}
