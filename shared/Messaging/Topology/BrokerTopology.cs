using Orchestrator.Messaging.PublicExchanges;
using RabbitMQ.Client;

namespace Orchestrator.Messaging.Topology;

/// <summary>
/// Everything durable on the broker. Each service declares all of it before it consumes or publishes, on every connection:
/// a message to a service that has never run waits in its queue instead of getting lost in an unbound exchange.
/// </summary>
internal static class BrokerTopology
{
    public static async Task DeclareAsync(IChannel channel, CancellationToken ct)
    {
        foreach (var queue in Queues.All.Append(Queues.FailedIndex))
        {
            await DeclareFailedAsync(channel, queue, ct);
            await DeclareQueueAsync(channel, queue, QueueArguments.Working(queue), ct);
        }

        await DeclareQueueAsync(channel, Queues.FailedJobs, QueueArguments.Failed(), ct);
        foreach (var queue in Queues.All.Append(Queues.FailedJobs))
            await channel.QueueBindAsync(Queues.FailedIndex, Queues.FailedOf(queue), "", cancellationToken: ct);
        foreach (var exchange in PublicExchange.All)
            await channel.ExchangeDeclareAsync(exchange, ExchangeType.Fanout, durable: true, cancellationToken: ct);
        await channel.ExchangeBindAsync(Queues.GatewayIntake, PublicExchange.JobSubmitted, "", cancellationToken: ct);
    }

    /// <summary>
    /// The failed queue of a queue, before a message is moved there: the broker takes a message that reaches the index alone for
    /// routed, so a failed queue that somebody deleted would not be missed.
    /// </summary>
    public static Task DeclareFailedAsync(IChannel channel, string queue, CancellationToken ct) =>
        DeclareQueueAsync(channel, Queues.Failed(queue), QueueArguments.Failed(), ct);

    /// <summary>A queue and the fanout exchange of its name, the shape that MassTransit sends to.</summary>
    private static async Task DeclareQueueAsync(IChannel channel, string queue, IDictionary<string, object?> arguments, CancellationToken ct)
    {
        await channel.ExchangeDeclareAsync(queue, ExchangeType.Fanout, durable: true, cancellationToken: ct);
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: ct);
        await channel.QueueBindAsync(queue, queue, "", cancellationToken: ct);
    }
}
