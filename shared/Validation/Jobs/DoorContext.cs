using System.Text.Json;
using Orchestrator.Contracts.Jobs;

namespace Orchestrator.Validation.Jobs;

/// <summary>What the door through which a job comes knows of its sender and lets him do.</summary>
public sealed record DoorContext
{
    /// <summary>The kind of door; replaces what the body says of itself.</summary>
    public required JobSourceType Source { get; init; }

    /// <summary>Who submits, for audit.</summary>
    public required string Actor { get; init; }

    /// <summary>Facts of the door, put over the body's own <c>source.meta</c>.</summary>
    public IReadOnlyDictionary<string, JsonElement> SourceMeta { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>Projects that the sender may use, compared exactly; null is every project and jobs without one.</summary>
    public IReadOnlyCollection<string>? AllowedProjects { get; init; }

    /// <summary>Project of a job that names none: what <c>--repo</c> of the local CLI made, or the only project of a schedule. Null is none.</summary>
    public string? DefaultProjectId { get; init; }

    /// <summary>The HTTP header <c>Idempotency-Key</c>, which wins over the body's field; null when there is none.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Whether names may also be camelCase. True for the broker, whose publishers speak many languages.</summary>
    public bool AcceptsCamelCase { get; init; }

    /// <summary>W3C trace parent of the submission; anything malformed is left out.</summary>
    public string? TraceParent { get; init; }
}
