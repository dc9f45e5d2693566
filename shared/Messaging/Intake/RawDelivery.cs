using Orchestrator.Messaging.Failures;

namespace Orchestrator.Messaging.Intake;

/// <summary>
/// What somebody published, untouched: any bytes under any content type reach the consumer, which parses and refuses by itself.
/// A deserializer in front of it would turn a body that it half understands into a message with empty fields.
/// </summary>
public sealed record RawDelivery
{
    /// <summary>The body, byte for byte.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The content type as it was sent, or null.</summary>
    public string? ContentType { get; init; }

    /// <summary>The <c>message_id</c> property, or null. It need not be a GUID.</summary>
    public string? MessageId { get; init; }

    /// <summary>The <c>user_id</c> property, or null. When it is there the broker has checked that it is the publisher's login.</summary>
    public string? UserId { get; init; }

    /// <summary>The broker delivered it before; the same publish, not a second one.</summary>
    public bool Redelivered { get; init; }

    /// <summary>The exchange that it was published to, or null where there is none.</summary>
    public string? Exchange { get; init; }

    /// <summary>All that travelled beside the body.</summary>
    public MessageProperties Properties { get; init; } = new();

    /// <summary>Headers as text; names are compared without case.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}
