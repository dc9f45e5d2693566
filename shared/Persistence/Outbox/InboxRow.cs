namespace Orchestrator.Persistence.Outbox;

/// <summary>A message that a consumer has handled; written in the transaction of its effect.</summary>
public sealed class InboxRow
{
    /// <summary>Id of the message.</summary>
    public Guid MessageId { get; init; }

    /// <summary>Derived by the bus from endpoint, consumer type and message type.</summary>
    public Guid ConsumerId { get; init; }

    /// <summary>When, by the database's clock.</summary>
    public DateTimeOffset ReceivedAt { get; init; }
}
