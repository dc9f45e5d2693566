namespace Orchestrator.Persistence.Outbox;

/// <summary>A message that was committed with the state it belongs to and is not known to be with the broker yet.</summary>
public sealed class OutboxRow
{
    /// <summary>Id of the message; the broker and the inboxes of its consumers see the same.</summary>
    public Guid MessageId { get; init; }

    /// <summary>Address of the exchange.</summary>
    public required string Destination { get; init; }

    /// <summary>The body exactly as it goes over the wire.</summary>
    public required string Body { get; init; }

    /// <summary>What the transport needs beside the body, JSON.</summary>
    public required string Envelope { get; init; }

    /// <summary>Until then whoever committed it delivers it; afterwards any sweep may.</summary>
    public DateTimeOffset DueAt { get; set; }
}
