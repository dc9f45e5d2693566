using System.Text.Json;
using System.Text.Json.Serialization;
using MassTransit;
using MassTransit.Context;
using MassTransit.Serialization;

namespace Orchestrator.Persistence.Outbox;

/// <summary>What the transport is told beside the body, as it stood when the message was sent.</summary>
internal sealed record MessageEnvelope
{
    public required string ContentType { get; init; }

    public required string[] MessageTypes { get; init; }

    public Guid? ConversationId { get; init; }

    public Guid? CorrelationId { get; init; }

    public Guid? InitiatorId { get; init; }

    public Guid? RequestId { get; init; }

    public Uri? SourceAddress { get; init; }

    public Uri? ResponseAddress { get; init; }

    public Uri? FaultAddress { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Headers, among them the trace parent; JSON of the bus, which knows their types.</summary>
    public string? Headers { get; init; }

    /// <summary>Properties of the transport, such as the routing key; JSON of the bus.</summary>
    public string? Properties { get; init; }

    public static MessageEnvelope Of<T>(SendContext<T> context, DateTimeOffset now)
        where T : class
    {
        var json = SystemTextJsonMessageSerializer.Instance;
        var properties = new Dictionary<string, object>(StringComparer.OrdinalIgnoreCase);
        if (context is TransportSendContext transport)
            transport.WritePropertiesTo(properties);
        var headers = context.Headers.GetAll().ToArray();
        return new MessageEnvelope
        {
            ContentType = (context.ContentType ?? context.Serializer.ContentType).ToString(),
            MessageTypes = context.SupportedMessageTypes,
            ConversationId = context.ConversationId,
            CorrelationId = context.CorrelationId,
            InitiatorId = context.InitiatorId,
            RequestId = context.RequestId,
            SourceAddress = context.SourceAddress,
            ResponseAddress = context.ResponseAddress,
            FaultAddress = context.FaultAddress,
            ExpiresAt = context.TimeToLive is { } life ? now + life : null,
            Headers = headers.Length == 0 ? null : json.SerializeDictionary(headers),
            Properties = properties.Count == 0 ? null : json.SerializeDictionary(properties),
        };
    }

    public static MessageEnvelope Parse(string text) =>
        JsonSerializer.Deserialize(text, EnvelopeJson.Default.MessageEnvelope) ?? throw new JsonException("An empty envelope.");

    public override string ToString() => JsonSerializer.Serialize(this, EnvelopeJson.Default.MessageEnvelope);
}

[JsonSerializable(typeof(MessageEnvelope))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class EnvelopeJson : JsonSerializerContext;
