using System.Net.Mime;
using MassTransit;

namespace Orchestrator.Messaging.PublicExchanges;

/// <summary>Puts the JSON of a <see cref="PublicEvent"/> on the wire as it is.</summary>
internal sealed class PublicEventSerializer(string contentType, string json) : IMessageSerializer
{
    public ContentType ContentType { get; } = new(contentType);

    public MessageBody GetMessageBody<T>(SendContext<T> context)
        where T : class => new StringMessageBody(json);

    /// <summary>Applied on the send pipe, before an outbox looks at the message: what it stores is what goes out later.</summary>
    public static void Apply(SendContext<PublicEvent> context)
    {
        context.Serializer = new PublicEventSerializer(context.Message.ContentType, context.Message.Json);
        foreach (var (name, value) in context.Message.Headers ?? new Dictionary<string, string>())
            context.Headers.Set(name, value);
    }
}
