using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestrator.Cli.Client;

/// <summary>An <c>application/problem+json</c> answer.</summary>
public sealed record Problem
{
    public string? Title { get; init; }

    public string? Detail { get; init; }

    public int? Status { get; init; }

    public string? Code { get; init; }

    public string? Hint { get; init; }

    public string? TraceId { get; init; }

    /// <summary>JSON path of the field to what is wrong with it.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Rest { get; init; }
}
