using System.Globalization;
using System.Text;
using MassTransit;

namespace Orchestrator.Messaging.Intake;

/// <summary>Copies a delivery from the transport.</summary>
internal static class RawDeliveryReader
{
    public static RawDelivery Read(ReceiveContext context)
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
            MessageId = properties?.MessageId ?? headers.GetValueOrDefault(MessageHeaders.MessageId),
            UserId = properties?.UserId,
            Redelivered = context.Redelivered,
            Headers = headers,
        };
    }

    private static string Text(object? value) => value switch
    {
        null => "",
        string text => text,
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
