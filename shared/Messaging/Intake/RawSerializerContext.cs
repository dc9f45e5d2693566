using System.Net.Mime;
using MassTransit;
using MassTransit.Metadata;
using MassTransit.Serialization;

namespace Orchestrator.Messaging.Intake;

/// <summary>One message type, and nothing of what the publisher says about ids and addresses: those would steer replies of ours.</summary>
internal sealed class RawSerializerContext(RawDelivery delivery, Uri? destination, ContentType contentType)
    : BaseSerializerContext(SystemTextJsonMessageSerializer.Instance, new Anonymous(destination), [MessageUrn.ForTypeString<RawDelivery>()])
{
    public override bool IsSupportedMessageType<T>() => typeof(T) == typeof(RawDelivery);

    public override bool IsSupportedMessageType(Type messageType) => messageType == typeof(RawDelivery);

    public override bool TryGetMessage<T>(out T? message)
        where T : class
    {
        message = delivery as T;
        return message is not null;
    }

    public override bool TryGetMessage(Type messageType, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out object? message)
    {
        message = messageType == typeof(RawDelivery) ? delivery : null;
        return message is not null;
    }

    public override IMessageSerializer GetMessageSerializer() => new Forward(delivery, contentType);

    public override IMessageSerializer GetMessageSerializer<T>(MessageEnvelope envelope, T message) => new Forward(delivery, contentType);

    public override IMessageSerializer GetMessageSerializer(object message, string[] messageTypes) => new Forward(delivery, contentType);

    public override Dictionary<string, object> ToDictionary<T>(T? message)
        where T : class => new(StringComparer.OrdinalIgnoreCase);

    private sealed class Forward(RawDelivery delivery, ContentType contentType) : IMessageSerializer
    {
        public ContentType ContentType => contentType;

        public MessageBody GetMessageBody<T>(SendContext<T> context)
            where T : class => new MemoryMessageBody(delivery.Body);
    }

    private sealed class Anonymous(Uri? destination) : MessageContext
    {
        public Guid? MessageId => null;

        public Guid? RequestId => null;

        public Guid? CorrelationId => null;

        public Guid? ConversationId => null;

        public Guid? InitiatorId => null;

        public DateTime? ExpirationTime => null;

        public Uri? SourceAddress => null;

        public Uri? DestinationAddress => destination;

        public Uri? ResponseAddress => null;

        public Uri? FaultAddress => null;

        public DateTime? SentTime => null;

        public Headers Headers => EmptyHeaders.Instance;

        public HostInfo Host => HostMetadataCache.Empty;
    }
}
