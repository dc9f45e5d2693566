using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Orchestrator.Execution.ModelProxy;

/// <summary>A call of a model before it passes: what it asks for, and what the relay changes in it.</summary>
internal sealed class ModelRequest
{
    // Longer than any model's context.
    private const int Longest = 64 * 1024 * 1024;

    // An answer has to be longer than the thinking before it.
    private const int LeastAnswer = 1024;

    private static readonly string[] Limits = ["max_tokens", "max_output_tokens", "max_completion_tokens"];

    private readonly HttpRequest request;
    private readonly JsonObject? body;
    private byte[] bytes;

    private ModelRequest(HttpRequest request, byte[] bytes, JsonObject? body) => (this.request, this.bytes, this.body) = (request, bytes, body);

    /// <summary>The path as it was asked for.</summary>
    public string Path => request.Path.Value ?? "";

    /// <summary>The model that is asked for, or null.</summary>
    public string? Model => body?["model"] is JsonValue value && value.TryGetValue<string>(out var model) ? model : null;

    /// <summary>Bytes of the body.</summary>
    public int Length => bytes.Length;

    /// <summary>Reads it; null when it is longer than any model takes.</summary>
    public static async Task<ModelRequest?> ReadAsync(HttpRequest request)
    {
        if (request.ContentLength > Longest)
            return null;
        using var buffer = new MemoryStream((int)(request.ContentLength ?? 0));
        var piece = new byte[64 * 1024];
        for (int read; (read = await request.Body.ReadAsync(piece, request.HttpContext.RequestAborted)) > 0;)
        {
            if (buffer.Length + read > Longest)
                return null;
            buffer.Write(piece, 0, read);
        }

        var bytes = buffer.ToArray();
        return new ModelRequest(request, bytes, Parse(bytes));
    }

    /// <summary>Makes it ready to be forwarded: with no more output than <paramref name="mostTokens"/> (null is any number), and asking a chat stream for its usage.</summary>
    public void Prepare(long? mostTokens)
    {
        if (body is not null && (Clamp(body, mostTokens) | AskForUsage(body)))
            bytes = JsonSerializer.SerializeToUtf8Bytes(body);
        request.Body = new MemoryStream(bytes, writable: false);
        request.Headers.TransferEncoding = default;
        request.ContentLength = bytes.Length;
    }

    private static bool Clamp(JsonObject body, long? mostTokens)
    {
        if (mostTokens is not { } most)
            return false;
        most = Math.Max(most, Whole(body["thinking"] is JsonObject thinking ? thinking["budget_tokens"] : null) is { } thought ? thought + LeastAnswer : 1);
        var changed = false;
        foreach (var name in Limits)
        {
            if (Whole(body[name]) is { } asked && asked > most)
            {
                body[name] = most;
                changed = true;
            }
        }

        return changed;
    }

    // Only then does a chat stream say what it used.
    private bool AskForUsage(JsonObject body)
    {
        if (!Path.EndsWith("/chat/completions", StringComparison.Ordinal) || body["stream"] is not JsonValue stream || !stream.TryGetValue<bool>(out var streams) || !streams)
            return false;
        if (body["stream_options"] is not JsonObject options)
            body["stream_options"] = options = [];
        if (options["include_usage"] is JsonValue usage && usage.TryGetValue<bool>(out var included) && included)
            return false;
        options["include_usage"] = true;
        return true;
    }

    private static long? Whole(JsonNode? node) => node is JsonValue value && value.TryGetValue<long>(out var number) ? number : null;

    private static JsonObject? Parse(byte[] bytes)
    {
        try
        {
            return JsonNode.Parse(bytes) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
