using System.Text.Json;

namespace Orchestrator.Messaging.Failures;

/// <summary>What can be read of a body without knowing its type: an envelope of ours, or a plain JSON object. Anything else says nothing.</summary>
/// <param name="MessageType">Name of the record, for example <c>RunStep</c>.</param>
/// <param name="CorrelationId">Correlation of the envelope.</param>
/// <param name="TraceParent">W3C trace context of the envelope.</param>
/// <param name="JobId">The job that it is about.</param>
/// <param name="PipelineId">The saga that it is about.</param>
/// <param name="Run">Run of the job.</param>
public sealed record EnvelopeFacts(string? MessageType = null, string? CorrelationId = null, string? TraceParent = null, string? JobId = null, Guid? PipelineId = null, int? Run = null)
{
    private const int Longest = 255;

    internal static EnvelopeFacts Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 64 });
            var root = document.RootElement;
            var message = Find(root, "message") is { ValueKind: JsonValueKind.Object } inner ? inner : root;
            var key = Find(message, "key") is { ValueKind: JsonValueKind.Object } launch ? launch : message;
            return new EnvelopeFacts(
                TypeOf(root),
                Text(root, "correlationId"),
                Find(root, "headers") is { } headers ? Text(headers, "traceparent") ?? Text(headers, "MT-Activity-Id") : null,
                Text(key, "jobId") ?? Text(key, "job_id"),
                Guid.TryParse(Text(key, "pipelineId"), out var pipeline) ? pipeline : null,
                Find(key, "run") is { ValueKind: JsonValueKind.Number } run && run.TryGetInt32(out var number) ? number : null);
        }
        catch (JsonException)
        {
            return new EnvelopeFacts();
        }
        catch (InvalidOperationException)
        {
            // Text with half a surrogate pair.
            return new EnvelopeFacts();
        }
    }

    private static string? TypeOf(JsonElement root) =>
        Find(root, "messageType") is { ValueKind: JsonValueKind.Array } types && types.GetArrayLength() > 0 && types[0] is { ValueKind: JsonValueKind.String } urn
            ? Cut(urn.GetString()!.Split(':')[^1])
            : null;

    private static JsonElement? Find(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : null;

    private static string? Text(JsonElement element, string name) =>
        Find(element, name) is { ValueKind: JsonValueKind.String } value ? Cut(value.GetString()!) : null;

    private static string Cut(string text) => text.Length <= Longest ? text : text[..Longest];
}
