using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Orchestrator.Agents.Metering;

namespace Orchestrator.Execution.ModelProxy;

/// <summary>A call of a model before it passes: what it asks for, and what the relay changes in it. What cannot be read, and so not be counted, does not pass.</summary>
internal sealed class ModelRequest
{
    // The largest request that a provider takes.
    private const int Longest = 32 * 1024 * 1024;
    private const int LongestModel = 200;
    private const int Deepest = 1000;

    // An answer has to be longer than the thinking before it, and no thinking is shorter than this.
    private const int LeastThinking = 1024;

    private static readonly string[] Limits = ["max_tokens", "max_output_tokens", "max_completion_tokens"];
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = Deepest };

    private readonly HttpRequest request;
    private JsonObject? body;
    private byte[]? bytes;

    private ModelRequest(HttpRequest request, byte[] bytes)
    {
        (this.request, this.bytes, Length) = (request, bytes, bytes.Length);
        body = Parse(bytes);
        Model = body["model"] is JsonValue value && value.TryGetValue<string>(out var model) && model.Length is > 0 and <= LongestModel
            ? model
            : throw new CallRefusedException(StatusCodes.Status400BadRequest, "model must be the name of one");
        IsStream = IsTrue("stream");
        Wanted = Limits.Select(Limit).Max();
        if (IsTrue("background"))
            throw new CallRefusedException(StatusCodes.Status400BadRequest, "background is not possible through the model relay: nobody sees what it costs");
        if (body["n"] is { } n && Whole(n) != 1)
            throw new CallRefusedException(StatusCodes.Status400BadRequest, "n must be 1");
    }

    /// <summary>The path as it was asked for.</summary>
    public string Path => PathOf(request);

    /// <summary>The model that is asked for.</summary>
    public string Model { get; }

    /// <summary>Whether the answer is to come as a stream.</summary>
    public bool IsStream { get; }

    /// <summary>Tokens of output that it asks for, or null.</summary>
    public long? Wanted { get; }

    /// <summary>Bytes of the body as it came.</summary>
    public int Length { get; }

    /// <summary>Path of any request.</summary>
    public static string PathOf(HttpRequest request) => request.Path.Value ?? "";

    /// <summary>Reads it.</summary>
    /// <exception cref="CallRefusedException">It cannot pass; says why.</exception>
    public static async Task<ModelRequest> ReadAsync(HttpRequest request)
    {
        if (request.Headers.ContentEncoding.Count > 0)
            throw new CallRefusedException(StatusCodes.Status415UnsupportedMediaType, "a compressed request does not pass the model relay");
        if (request.ContentLength > Longest)
            throw TooLong();
        using var buffer = new MemoryStream();
        var piece = new byte[64 * 1024];
        for (int read; (read = await request.Body.ReadAsync(piece, request.HttpContext.RequestAborted)) > 0;)
        {
            if (buffer.Length + read > Longest)
                throw TooLong();
            buffer.Write(piece, 0, read);
        }

        return new ModelRequest(request, buffer.ToArray());
    }

    /// <summary>Makes it ready to be forwarded: with no more output than it is allowed, and asking a chat stream for its usage. False when what is allowed is too little for it.</summary>
    public bool TryPrepare(CallAllowance allowance)
    {
        var changed = AskForUsage();
        if (allowance.IsLimited)
        {
            if (!TryLimit(allowance.MostTokens))
                return false;
            changed = true;
        }

        if (changed)
            bytes = Write(body!);
        request.Body = new MemoryStream(bytes!, writable: false);
        request.Headers.TransferEncoding = default;
        request.ContentLength = bytes!.Length;
        // Held by the request alone from here on.
        (body, bytes) = (null, null);
        return true;
    }

    private bool TryLimit(long most)
    {
        var field = Limits.FirstOrDefault(name => body![name] is not null)
            ?? (Path.EndsWith("/responses", StringComparison.Ordinal) ? "max_output_tokens" : Path.EndsWith("/chat/completions", StringComparison.Ordinal) ? "max_completion_tokens" : "max_tokens");
        body![field] = most;
        if (body["thinking"] is not JsonObject thinking || Whole(thinking["budget_tokens"]) is not { } budget || budget <= most - ModelMeter.LeastTokens)
            return true;
        thinking["budget_tokens"] = most - ModelMeter.LeastTokens;
        return most - ModelMeter.LeastTokens >= LeastThinking;
    }

    // Only then does a chat stream say what it used.
    private bool AskForUsage()
    {
        if (!IsStream || !Path.EndsWith("/chat/completions", StringComparison.Ordinal))
            return false;
        if (body!["stream_options"] is not JsonObject options)
            body["stream_options"] = options = [];
        if (options["include_usage"] is JsonValue usage && usage.TryGetValue<bool>(out var included) && included)
            return false;
        options["include_usage"] = true;
        return true;
    }

    private long? Limit(string name) => body![name] switch
    {
        null => null,
        var node => Whole(node) is > 0 and var number ? number : throw new CallRefusedException(StatusCodes.Status400BadRequest, $"{name} must be a whole number above 0"),
    };

    private bool IsTrue(string name) => body![name] is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

    private static long? Whole(JsonNode? node) => node is JsonValue value && value.TryGetValue<long>(out var number) ? number : null;

    private static JsonObject Parse(byte[] bytes)
    {
        try
        {
            if (JsonNode.Parse(bytes, documentOptions: Strict) is JsonObject parsed)
                return parsed;
        }
        catch (JsonException)
        {
            // Said below.
        }

        throw new CallRefusedException(StatusCodes.Status400BadRequest, "the body must be one JSON object, no field of which is there twice");
    }

    private static byte[] Write(JsonObject body)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { MaxDepth = Deepest }))
            body.WriteTo(writer);
        return stream.ToArray();
    }

    private static CallRefusedException TooLong() => new(StatusCodes.Status413PayloadTooLarge, $"the request is longer than {Longest} bytes");
}

/// <summary>A call does not pass.</summary>
internal sealed class CallRefusedException(int status, string reason) : Exception(reason)
{
    public int Status => status;
}
