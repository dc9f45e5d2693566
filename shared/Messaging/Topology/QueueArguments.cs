namespace Orchestrator.Messaging.Topology;

/// <summary>
/// Arguments of the durable queues. A queue is declared by whoever starts first, so every declaration comes from here:
/// one that differs is refused by the broker with 406.
/// </summary>
internal static class QueueArguments
{
    /// <summary>
    /// Deliveries before the broker itself moves a message on. It catches crashes; exceptions are moved by the consumer.
    /// RabbitMQ 4 drops after 20 when nothing is set, 3.10 never does: said out loud, both do the same.
    /// </summary>
    private const int DeliveryLimit = 20;

    /// <summary>A queue that services consume: a message that cannot be handled goes to its failed queue, never away.</summary>
    public static Dictionary<string, object?> Working(string queue) => new()
    {
        ["x-queue-type"] = "quorum",
        ["x-delivery-limit"] = DeliveryLimit,
        ["x-dead-letter-exchange"] = Queues.Failed(queue),
        ["x-dead-letter-strategy"] = "at-least-once",
        // The broker refuses at-least-once together with the default overflow behaviour.
        ["x-overflow"] = "reject-publish",
    };

    /// <summary>
    /// A failed queue has no route onward and no limit. RabbitMQ 4 would apply 20 to a queue that names none, and 3.10
    /// refuses the -1 that means none there: the largest number is the one way to say it to both.
    /// </summary>
    public static Dictionary<string, object?> Failed() => new()
    {
        ["x-queue-type"] = "quorum",
        ["x-delivery-limit"] = int.MaxValue,
    };
}
