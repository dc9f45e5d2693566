using System.Runtime.CompilerServices;
using MassTransit;

namespace Orchestrator.Persistence.Outbox;

/// <summary>What an endpoint needs whose messages commit in a database.</summary>
public static class ConflictRetry
{
    private static readonly ConditionalWeakTable<IReceiveEndpointConfigurator, object> Endpoints = [];

    /// <summary>Runs a message again, in a new scope, when somebody else was faster in the database. Several consumers of one endpoint may all call it.</summary>
    public static void UseConflictRetry(this IReceiveEndpointConfigurator endpoint)
    {
        if (!Endpoints.TryAdd(endpoint, endpoint))
            return;
        endpoint.UseMessageRetry(retry =>
        {
            retry.Exponential(12, TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(15));
            retry.Handle<Exception>(RetryableFailure.IsConflict);
        });
    }
}
