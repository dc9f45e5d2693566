using System.Text.Json.Nodes;
using RabbitMQ.Client;

namespace Orchestrator.Messaging.Failures;

/// <summary>What travels beside a body, in a form that can be stored and sent again as it was.</summary>
public sealed record MessageProperties
{
    /// <summary>AMQP <c>message_id</c>.</summary>
    public string? MessageId { get; init; }

    /// <summary>AMQP <c>correlation_id</c>.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>AMQP <c>content_type</c>.</summary>
    public string? ContentType { get; init; }

    /// <summary>AMQP <c>content_encoding</c>.</summary>
    public string? ContentEncoding { get; init; }

    /// <summary>AMQP <c>type</c>.</summary>
    public string? Type { get; init; }

    /// <summary>AMQP <c>app_id</c>.</summary>
    public string? AppId { get; init; }

    /// <summary>AMQP <c>user_id</c>, which the broker checked.</summary>
    public string? UserId { get; init; }

    /// <summary>AMQP <c>reply_to</c>.</summary>
    public string? ReplyTo { get; init; }

    /// <summary>AMQP <c>timestamp</c>, seconds.</summary>
    public long? Timestamp { get; init; }

    /// <summary>Headers: text, numbers, lists and tables as JSON; bytes that are no text as <c>{"$bytes": base64}</c>, times as <c>{"$time": seconds}</c>.</summary>
    public IReadOnlyDictionary<string, JsonNode?> Headers { get; init; } = new Dictionary<string, JsonNode?>();

    /// <summary>A header as text, or null.</summary>
    public string? Header(string name) => Headers.GetValueOrDefault(name) is JsonValue value ? value.ToString() : null;

    internal static MessageProperties Of(IReadOnlyBasicProperties properties) => new()
    {
        MessageId = properties.MessageId,
        CorrelationId = properties.CorrelationId,
        ContentType = properties.ContentType,
        ContentEncoding = properties.ContentEncoding,
        Type = properties.Type,
        AppId = properties.AppId,
        UserId = properties.UserId,
        ReplyTo = properties.ReplyTo,
        Timestamp = properties.IsTimestampPresent() ? properties.Timestamp.UnixTime : null,
        Headers = (properties.Headers ?? new Dictionary<string, object?>()).ToDictionary(header => header.Key, header => HeaderJson.Of(header.Value)),
    };

    /// <summary>For a message that is sent again: without what the failure added, so that the next failure speaks for itself.</summary>
    internal BasicProperties ToSendAgain(string messageId, string login)
    {
        var headers = Headers.Where(header => !IsOfTheFailure(header.Key)).ToDictionary(header => header.Key, header => HeaderJson.ToAmqp(header.Value));
        var again = new BasicProperties { DeliveryMode = DeliveryModes.Persistent, MessageId = messageId, Headers = headers };
        // The broker refuses a user_id that is not ours.
        if (UserId is not null)
            again.UserId = login;
        if (UserId is not null && UserId != login)
            headers[FailureHeaders.Publisher] = UserId;
        else if (UserId is not null && Header(FailureHeaders.Publisher) is { } first)
            headers[FailureHeaders.Publisher] = first;
        if (CorrelationId is not null)
            again.CorrelationId = CorrelationId;
        if (ContentType is not null)
            again.ContentType = ContentType;
        if (ContentEncoding is not null)
            again.ContentEncoding = ContentEncoding;
        if (Type is not null)
            again.Type = Type;
        if (AppId is not null)
            again.AppId = AppId;
        if (ReplyTo is not null)
            again.ReplyTo = ReplyTo;
        if (Timestamp is { } seconds)
            again.Timestamp = new AmqpTimestamp(seconds);
        return again;
    }

    private static bool IsOfTheFailure(string header) =>
        header.StartsWith("MT-Fault-", StringComparison.OrdinalIgnoreCase)
        || header.StartsWith("MT-Host-", StringComparison.OrdinalIgnoreCase)
        || header.StartsWith("x-first-death-", StringComparison.OrdinalIgnoreCase)
        || header.StartsWith("x-last-death-", StringComparison.OrdinalIgnoreCase)
        || header is "MT-Reason" or "MT-Redelivery-Count" or "x-death" or "x-delivery-count" or "x-acquired-count"
            or FailureHeaders.Reason or FailureHeaders.Code or FailureHeaders.TraceId or FailureHeaders.Publisher;
}
