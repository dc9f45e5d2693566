using System.Net.Mime;
using MassTransit;
using MassTransit.Serialization;

namespace Orchestrator.Messaging.Intake;

/// <summary>
/// The only deserializer of the intake: whatever the content type says, the message is a <see cref="RawDelivery"/>.
/// It stands under the envelope's content type so that an envelope is not unwrapped either; what the consumer sends is an envelope.
/// </summary>
internal sealed class RawDeserializer(BrokerLogin login) : ISerializerFactory, IMessageDeserializer
{
    public ContentType ContentType => SystemTextJsonMessageSerializer.JsonContentType;

    public ConsumeContext Deserialize(ReceiveContext receiveContext) =>
        new BodyConsumeContext(receiveContext, Create(RawDeliveryReader.Read(receiveContext, login), receiveContext.InputAddress));

    public SerializerContext Deserialize(MessageBody body, Headers headers, Uri? destinationAddress) =>
        Create(new RawDelivery { Body = body.GetBytes() }, destinationAddress);

    public MessageBody GetMessageBody(string text) => new StringMessageBody(text);

    public IMessageSerializer CreateSerializer() => SystemTextJsonMessageSerializer.Instance;

    public IMessageDeserializer CreateDeserializer() => this;

    public void Probe(ProbeContext context) => context.CreateScope("raw");

    private RawSerializerContext Create(RawDelivery delivery, Uri? destination) => new(delivery, destination, ContentType);
}
