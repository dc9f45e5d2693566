using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using MassTransit;
using Orchestrator.Messaging.Intake;

namespace Orchestrator.Messaging.Failures;

/// <summary>A message in a failed queue, whichever way it came there: moved by its consumer, not understood, or given up by the broker.</summary>
public sealed record FailedMessage
{
    /// <summary>The queue in which it failed; <see cref="Queues.FailedJobs"/> for the copy of a failed job.</summary>
    public required string Queue { get; init; }

    /// <summary>Recognises this failure of this message. Two copies without an id that are alike in every byte have the same one.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>A stable word: those of <see cref="FailureHeaders.Code"/>, <c>delivery_limit</c>, <c>expired</c>, <c>dead_lettered</c>, or <c>unexplained</c>.</summary>
    public required string Code { get; init; }

    /// <summary>Why, in one line.</summary>
    public required string Reason { get; init; }

    /// <summary>Type and stack of the exception, or null.</summary>
    public string? Exception { get; init; }

    /// <summary>W3C trace id, or null.</summary>
    public string? TraceId { get; init; }

    /// <summary>How often the broker delivered it before it gave up, or null.</summary>
    public int? Deliveries { get; init; }

    /// <summary>What its body says.</summary>
    public required EnvelopeFacts Facts { get; init; }

    /// <summary>What is needed to send it again.</summary>
    public required MessageProperties Properties { get; init; }

    /// <summary>The body, byte for byte.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Reads a copy from <see cref="Queues.FailedIndex"/>. It never fails: whatever is missing is said to be so.</summary>
    public static FailedMessage Of(RawDelivery delivery)
    {
        var properties = delivery.Properties;
        var facts = EnvelopeFacts.Read(delivery.Body);
        var death = Death(properties);
        var word = Text(death, "reason");
        return new FailedMessage
        {
            Queue = QueueOf(delivery),
            Fingerprint = FingerprintOf(properties, delivery.Body.Span),
            Code = properties.Header(FailureHeaders.Code) ?? CodeOf(word),
            Reason = properties.Header(FailureHeaders.Reason) ?? ReasonOf(word),
            Exception = ExceptionOf(properties),
            TraceId = TraceOf(properties, facts),
            Deliveries = int.TryParse(properties.Header("x-delivery-count"), CultureInfo.InvariantCulture, out var returns) ? returns + 1 : null,
            Facts = facts,
            Properties = properties,
            Body = delivery.Body,
        };
    }

    internal static string FingerprintOf(MessageProperties properties, ReadOnlySpan<byte> body)
    {
        var death = Death(properties);
        var failure = $"{properties.MessageId}|{properties.Header(MessageHeaders.FaultTimestamp)}|{Text(death, "queue")}|{Text(death, "reason")}|{death?["count"]}|{death?["time"]?.ToJsonString()}|";
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(failure));
        hash.AppendData(body);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string QueueOf(RawDelivery delivery)
    {
        const string suffix = ".failed";
        if (delivery.Exchange is { Length: > 0 } exchange)
            return exchange != Queues.FailedJobs && exchange.EndsWith(suffix, StringComparison.Ordinal) ? exchange[..^suffix.Length] : exchange;
        // The in-memory bus names no exchange; there only consumers of ours fail, and they say where.
        return delivery.Properties.Header(MessageHeaders.FaultInputAddress) is { } address && Uri.TryCreate(address, UriKind.Absolute, out var uri)
            ? uri.AbsolutePath.Split('/')[^1]
            : Queues.FailedJobs;
    }

    private static JsonObject? Death(MessageProperties properties) =>
        properties.Headers.GetValueOrDefault("x-death") is JsonArray { Count: > 0 } deaths ? deaths[0] as JsonObject : null;

    private static string? Text(JsonObject? node, string name) => (node?[name] as JsonValue)?.ToString();

    private static string CodeOf(string? death) => death switch
    {
        null => "unexplained",
        "delivery_limit" or "expired" => death,
        _ => "dead_lettered",
    };

    private static string ReasonOf(string? death) => death switch
    {
        null => "It was put into the failed queue without a reason.",
        "delivery_limit" => "The broker gave up: each consumer that got the message went away without acknowledging it.",
        "expired" => "The broker gave up: the message was not consumed before it expired.",
        _ => $"The broker moved it: {death}.",
    };

    private static string? ExceptionOf(MessageProperties properties)
    {
        var type = properties.Header(MessageHeaders.FaultExceptionType);
        var stack = properties.Header(MessageHeaders.FaultStackTrace);
        return type is null ? stack : stack is null ? type : $"{type}{Environment.NewLine}{stack}";
    }

    private static string? TraceOf(MessageProperties properties, EnvelopeFacts facts) =>
        properties.Header(FailureHeaders.TraceId) ?? ((properties.Header("traceparent") ?? facts.TraceParent)?.Split('-') is { Length: 4 } parts ? parts[1] : null);
}
