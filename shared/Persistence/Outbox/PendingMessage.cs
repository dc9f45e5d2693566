using System.Net.Mime;
using MassTransit;
using MassTransit.Context;
using MassTransit.Serialization;
using Orchestrator.Hosting.Failpoints;

namespace Orchestrator.Persistence.Outbox;

/// <summary>
/// A committed message on its way. The body goes out byte for byte as it was stored, so nothing is serialised again,
/// and id and headers stay those of the first send, so that every copy is recognised.
/// </summary>
internal sealed class PendingMessage(OutboxRow row, MessageEnvelope envelope) : IPipe<SendContext>, IMessageSerializer
{
    private static readonly SerializedMessageBody Placeholder = new();

    public OutboxRow Row => row;

    public ContentType ContentType { get; } = new(envelope.ContentType);

    public static PendingMessage Of<T>(SendContext<T> context, DateTimeOffset now, TimeSpan lease)
        where T : class
    {
        var envelope = MessageEnvelope.Of(context, now);
        var row = new OutboxRow
        {
            MessageId = context.MessageId ?? throw new InvalidOperationException($"A {typeof(T).Name} without a message id cannot be told from its copies."),
            Destination = context.DestinationAddress?.ToString() ?? throw new InvalidOperationException($"A {typeof(T).Name} without an address."),
            Body = context.Serializer.GetMessageBody(context).GetString(),
            Envelope = envelope.ToString(),
            DueAt = now + lease,
        };
        return new PendingMessage(row, envelope);
    }

    public static PendingMessage Of(OutboxRow row) => new(row, MessageEnvelope.Parse(row.Envelope));

    public async Task DeliverAsync(ISendEndpointProvider bus, CancellationToken cancellationToken)
    {
        var endpoint = await bus.GetSendEndpoint(new Uri(row.Destination));
        await Failpoint.AroundAsync("outbox.publish", () => endpoint.Send(Placeholder, this, cancellationToken));
    }

    public MessageBody GetMessageBody<T>(SendContext<T> context)
        where T : class => new StringMessageBody(row.Body);

    public Task Send(SendContext context)
    {
        var json = SystemTextJsonMessageSerializer.Instance;
        context.MessageId = row.MessageId;
        context.RequestId = envelope.RequestId;
        context.ConversationId = envelope.ConversationId;
        context.CorrelationId = envelope.CorrelationId;
        context.InitiatorId = envelope.InitiatorId;
        context.SourceAddress = envelope.SourceAddress;
        context.ResponseAddress = envelope.ResponseAddress;
        context.FaultAddress = envelope.FaultAddress;
        context.SupportedMessageTypes = envelope.MessageTypes;
        if (envelope.Headers is { } headers)
        {
            foreach (var (key, value) in json.DeserializeDictionary<object?>(headers)!)
                context.Headers.Set(key, value);
        }

        if (envelope.Properties is { } properties && context is TransportSendContext transport)
            transport.ReadPropertiesFrom(json.DeserializeDictionary<object>(properties)!);
        context.Serializer = this;
        context.ContentType = ContentType;
        return Task.CompletedTask;
    }

    public bool HasExpired(DateTimeOffset now) => envelope.ExpiresAt <= now;

    public void Probe(ProbeContext context) => context.CreateScope("outbox");
}
