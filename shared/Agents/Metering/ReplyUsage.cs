using System.Buffers;
using System.Text.Json;
using Orchestrator.Agents.Launches;
using Orchestrator.Agents.Prices;

namespace Orchestrator.Agents.Metering;

/// <summary>
/// Reads from a model's reply, as its bytes pass, what it used: Anthropic messages, OpenAI responses and chat completions, streamed or whole. Sources:
/// docs.anthropic.com "Streaming messages", platform.openai.com "Streaming responses" and "Chat streaming".
/// </summary>
public sealed class ReplyUsage
{
    // A whole reply, or one event of a stream; one that is longer is not read, and its usage is estimated.
    private const int Longest = 32 * 1024 * 1024;
    private const int LongestModel = 200;

    // Replies repeat the tools of the request, whose schemas are as deep as somebody liked.
    private static readonly JsonReaderOptions Deep = new() { MaxDepth = 1000 };

    private readonly LineSplitter? _lines;
    private readonly ArrayBufferWriter<byte> _whole = new();
    private bool _tooLong;

    /// <summary>Creates it for a reply.</summary>
    /// <param name="isStream">Whether the reply is a stream of server-sent events.</param>
    public ReplyUsage(bool isStream) => _lines = isStream ? new LineSplitter(Longest, OnLine, _ => { }) : null;

    /// <summary>The model that answered, or null.</summary>
    public string? Model { get; private set; }

    /// <summary>What the reply says it used so far.</summary>
    public TokenCount Tokens { get; private set; } = TokenCount.Zero;

    /// <summary>Whether the reply said all that it used; otherwise it broke off, or its provider does not say.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Whether the answer ended because it was as long as it might be.</summary>
    public bool StoppedAtLimit { get; private set; }

    /// <summary>Pieces of text that have passed: about a token each.</summary>
    public long Pieces { get; private set; }

    /// <summary>Bytes that have passed.</summary>
    public long Bytes { get; private set; }

    /// <summary>Adds a piece; its borders mean nothing.</summary>
    public void Add(ReadOnlySpan<byte> piece)
    {
        Bytes += piece.Length;
        if (_lines is not null)
        {
            _lines.Add(piece);
            return;
        }

        _tooLong |= _whole.WrittenCount + (long)piece.Length > Longest;
        if (!_tooLong)
            _whole.Write(piece);
    }

    /// <summary>The reply is over.</summary>
    public void Finish()
    {
        _lines?.Finish();
        if (_lines is null && !_tooLong)
            Read(_whole.WrittenSpan);
    }

    private void OnLine(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("data:"u8))
            Read(line["data:"u8.Length..]);
    }

    private void Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, Deep);
        try
        {
            if (!JsonDocument.TryParseValue(ref reader, out var document))
                return;
            using (document)
                See(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // "[DONE]", or nothing of a model's.
        }
    }

    private void See(JsonElement root)
    {
        Pieces++;
        switch (root.Text("type"))
        {
            case "message_start":
                SeeMessage(root.Field("message"));
                break;
            case "message":
                SeeMessage(root);
                StoppedAtLimit |= root.Text("stop_reason") == "max_tokens";
                IsWhole = root.Field("usage").ValueKind == JsonValueKind.Object;
                break;
            case "message_delta":
                // Its counts are sums up to here.
                var sums = UsageOf(root.Field("usage"));
                Tokens = new TokenCount(
                    Math.Max(Tokens.Input, sums.Input), Math.Max(Tokens.CacheRead, sums.CacheRead), Math.Max(Tokens.CacheWrite, sums.CacheWrite), Math.Max(Tokens.Output, sums.Output));
                StoppedAtLimit |= root.Field("delta").Text("stop_reason") == "max_tokens";
                IsWhole = root.Field("usage").ValueKind == JsonValueKind.Object;
                break;
            default:
                SeeOpenAi(root.Field("response").ValueKind == JsonValueKind.Object ? root.Field("response") : root);
                break;
        }
    }

    private void SeeMessage(JsonElement message)
    {
        Name(message);
        Tokens = UsageOf(message.Field("usage"));
    }

    private static TokenCount UsageOf(JsonElement usage) =>
        TokenCount.Sane(usage.Whole("input_tokens"), usage.Whole("cache_read_input_tokens"), usage.Whole("cache_creation_input_tokens"), usage.Whole("output_tokens"));

    private void SeeOpenAi(JsonElement reply)
    {
        Name(reply);
        StoppedAtLimit |= reply.Field("incomplete_details").Text("reason") == "max_output_tokens" || reply.Items("choices").Any(choice => choice.Text("finish_reason") == "length");
        var usage = reply.Field("usage");
        if (usage.ValueKind != JsonValueKind.Object)
            return;
        // Cached tokens are part of the input in both shapes, reasoning is part of the output.
        var isChat = usage.Field("prompt_tokens").ValueKind == JsonValueKind.Number;
        var input = usage.Whole(isChat ? "prompt_tokens" : "input_tokens");
        var details = usage.Field(isChat ? "prompt_tokens_details" : "input_tokens_details");
        var (read, written) = (details.Whole("cached_tokens"), details.Whole("cache_write_tokens"));
        Tokens = TokenCount.Sane(input - read - written, read, written, usage.Whole(isChat ? "completion_tokens" : "output_tokens"));
        IsWhole = true;
    }

    private void Name(JsonElement reply)
    {
        if (reply.Text("model") is { Length: > 0 and <= LongestModel } model)
            Model = model;
    }
}
