using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Orchestrator.Messaging.Intake;
using Orchestrator.Validation.Jobs;
using Orchestrator.Validation.Schemas;

namespace Orchestrator.Gateway.Intake;

/// <summary>Finds the job in what somebody published: plain JSON, a MassTransit envelope, a CloudEvent (structured, or binary, whose body is the job).</summary>
internal static class IntakeBody
{
    /// <summary>Longest message id that is kept as it is; AMQP allows no longer one, the envelopes in the body do.</summary>
    private const int LongestId = 255;

    /// <summary>The bytes of the job and what the envelope says of the message; or why there is none.</summary>
    public static (ReadOnlyMemory<byte> Job, string? MessageId, JobProblem? Problem) Read(RawDelivery delivery)
    {
        var (job, id, problem) = Open(delivery);
        return (job, string.IsNullOrEmpty(id) ? null : id.Length <= LongestId && !id.Any(char.IsControl) ? id : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id))), problem);
    }

    private static (ReadOnlyMemory<byte> Job, string? MessageId, JobProblem? Problem) Open(RawDelivery delivery)
    {
        if (delivery.Body.Length > JobAcceptance.MaxBytes)
            return (default, delivery.MessageId, new JobProblem("$", ProblemCodes.TooLarge, $"The message is larger than {JobAcceptance.MaxBytes} bytes.", "Put large input into the repository and name it in the goal."));
        try
        {
            using var document = JsonDocument.Parse(BodyParser.WithoutMark(delivery.Body), new JsonDocumentOptions { MaxDepth = 64 });
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                return (delivery.Body, delivery.MessageId, null);
            if (Property(root, "specversion") is not null && Property(root, "type") is not null)
                return (CloudEventData(root), CloudEventId(Text(root, "source"), Text(root, "id")) ?? delivery.MessageId, null);
            if (Property(root, "messageType") is { ValueKind: JsonValueKind.Array } && Property(root, "message") is { } message)
                return (Bytes(message), Text(root, "messageId") ?? delivery.MessageId, null);
            return (delivery.Body, CloudEventId(Header(delivery, "source"), Header(delivery, "id")) ?? delivery.MessageId, null);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second is what System.Text.Json throws for text that is no text.
            return (default, delivery.MessageId, new JobProblem("$", ProblemCodes.InvalidJson, $"The message is not JSON: {exception.Message}", "Publish a job as a JSON object, UTF-8, with at least a goal."));
        }
    }

    /// <summary>Only source and id together name an event: two sources may both count from 1.</summary>
    private static string? CloudEventId(string? source, string? id) => string.IsNullOrEmpty(id) ? null : $"{source}#{id}";

    private static ReadOnlyMemory<byte> CloudEventData(JsonElement root)
    {
        if (Property(root, "data") is { } data)
            return data.ValueKind == JsonValueKind.String ? Encoding.UTF8.GetBytes(data.GetString()!) : Bytes(data);
        return Property(root, "data_base64") is { ValueKind: JsonValueKind.String } encoded && encoded.TryGetBytesFromBase64(out var bytes) ? bytes : "{}"u8.ToArray();
    }

    /// <summary>An attribute of a CloudEvent in binary mode, under the prefixes that bindings for AMQP 0-9-1 use.</summary>
    private static string? Header(RawDelivery delivery, string attribute) =>
        new[] { $"cloudEvents_{attribute}", $"cloudEvents:{attribute}", $"ce-{attribute}", $"ce_{attribute}" }
            .Select(name => delivery.Headers.GetValueOrDefault(name)).FirstOrDefault(value => !string.IsNullOrEmpty(value));

    private static ReadOnlyMemory<byte> Bytes(JsonElement element) => Encoding.UTF8.GetBytes(element.GetRawText());

    private static JsonElement? Property(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value : null;

    private static string? Text(JsonElement element, string name) => Property(element, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
}
