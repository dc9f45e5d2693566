using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Orchestrator.FakeModel.Script;

/// <summary>What the model says. A turn is chosen by counting the tool rounds of the request since the newest user text, so that retries, title requests and parallel sessions do not upset it.</summary>
public sealed record ModelScript
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>Turns in order; a request beyond them gets <see cref="End"/>.</summary>
    public IReadOnlyList<ModelTurn> Turns { get; init; } = [];

    /// <summary>The turn after the last one.</summary>
    public ModelTurn End { get; init; } = new() { Text = "Done." };

    /// <summary>The answer to a request without tools: titles and summaries.</summary>
    public ModelTurn Aside { get; init; } = new() { Text = "A title", Usage = new ModelUsage { Input = 7, Output = 3 } };

    /// <summary>Failures of the first requests, in order.</summary>
    public IReadOnlyList<ModelFailure> Failures { get; init; } = [];

    /// <summary>The key that a request must present; null takes any.</summary>
    public string? Key { get; init; }

    /// <summary>The answer of <c>count_tokens</c>.</summary>
    public int CountedTokens { get; init; } = 1000;

    /// <summary>Reads a script.</summary>
    public static ModelScript Parse(string json) => JsonSerializer.Deserialize<ModelScript>(json, Json) ?? new ModelScript();
}

/// <summary>One answer.</summary>
public sealed record ModelTurn
{
    /// <summary>Text before the calls.</summary>
    public string? Text { get; init; }

    /// <summary>Tool calls.</summary>
    public IReadOnlyList<ToolCall> Calls { get; init; } = [];

    /// <summary>Tokens that the answer says it used.</summary>
    public ModelUsage Usage { get; init; } = new();

    /// <summary>Whether it says that it ended because it was as long as it might be.</summary>
    public bool StoppedAtLimit { get; init; }

    /// <summary>Wait before the answer.</summary>
    public int DelayMs { get; init; }

    /// <summary>What goes wrong with the answer.</summary>
    public ModelFault Fault { get; init; }
}

/// <summary>A tool call.</summary>
/// <param name="Name">Name of the tool, as the CLI calls it.</param>
/// <param name="Input">Arguments, or the text of a free-form tool.</param>
public sealed record ToolCall(string Name, JsonNode Input);

/// <summary>Tokens, no kind part of another.</summary>
public sealed record ModelUsage
{
    /// <summary>Input that is not cached.</summary>
    public int Input { get; init; }

    /// <summary>Input read from the cache.</summary>
    public int CacheRead { get; init; }

    /// <summary>Input written to the cache.</summary>
    public int CacheWrite { get; init; }

    /// <summary>Output, reasoning included.</summary>
    public int Output { get; init; }

    /// <summary>The part of the output that is reasoning.</summary>
    public int Reasoning { get; init; }
}

/// <summary>A failure of the first requests.</summary>
public sealed record ModelFailure
{
    /// <summary>Requests that are answered before.</summary>
    public int After { get; init; }

    /// <summary>How many requests; -1 is every one.</summary>
    public int Times { get; init; } = 1;

    /// <summary>HTTP status.</summary>
    public int Status { get; init; } = 500;

    /// <summary>Seconds of the <c>retry-after</c> header.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>The message.</summary>
    public string Message { get; init; } = "scripted failure";
}

/// <summary>Ways in which an answer goes wrong.</summary>
public enum ModelFault
{
    None,
    Hang,
    HangMidStream,
    Garbage,
    Cut,
    Empty,
}
