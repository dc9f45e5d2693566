using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using MassTransit;
using Orchestrator.Messaging.Failures;

namespace Orchestrator.Messaging.Intake;

/// <summary>Copies a delivery from the transport.</summary>
internal static class RawDeliveryReader
{
    public static RawDelivery Read(ReceiveContext context, BrokerLogin login)
    {
        var properties = context.TryGetPayload<RabbitMqBasicConsumeContext>(out var rabbit) ? rabbit.Properties : null;
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (properties?.Headers is { } sent)
        {
            foreach (var (name, value) in sent)
                headers[name] = Text(value);
        }
        else
        {
            foreach (var (name, value) in context.TransportHeaders.GetAll())
                headers[name] = Text(value);
        }

        return new RawDelivery
        {
            Body = context.GetBody(),
            ContentType = properties?.ContentType ?? context.ContentType?.ToString(),
            MessageId = properties?.MessageId ?? headers.GetValueOrDefault(MessageHeaders.MessageId) ?? context.GetMessageId()?.ToString(),
            UserId = login.Publisher(properties?.UserId, headers.GetValueOrDefault(FailureHeaders.Publisher)),
            Exchange = rabbit?.Exchange,
            Properties = properties is null ? InMemory(context, headers) : MessageProperties.Of(properties),
            Redelivered = context.Redelivered,
            Headers = headers,
        };
    }

    private static MessageProperties InMemory(ReceiveContext context, Dictionary<string, string> headers) => new()
    {
        MessageId = context.GetMessageId()?.ToString(),
        ContentType = context.ContentType?.ToString(),
        Headers = headers.ToDictionary(header => header.Key, header => (JsonNode?)header.Value, StringComparer.OrdinalIgnoreCase),
    };

    private static string Text(object? value) => value switch
    {
        null => "",
        string text => text,
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
