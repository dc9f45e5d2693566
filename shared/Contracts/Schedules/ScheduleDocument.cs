using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestrator.Contracts.Schedules;

/// <summary>A schedule as version 1.0 of the format writes it, plus the optional fields of this system.</summary>
public sealed record ScheduleDocument
{
    /// <summary>Unique name.</summary>
    public string Id { get; init; } = "";

    /// <summary>Whether it fires.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Five-field cron expression.</summary>
    public string Schedule { get; init; } = "";

    /// <summary>IANA time zone, or null for the operator's.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Timezone { get; init; }

    /// <summary>The job without id: goal, steps, policy, project_id, tags, metadata.</summary>
    public IReadOnlyDictionary<string, JsonElement> Payload { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>What happens to starts that were missed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MisfirePolicy? Misfire { get; init; }

    /// <summary>At most this many missed starts are made up for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? MaxCatchUp { get; init; }

    /// <summary>What happens when the last job still runs.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public OverlapPolicy? Overlap { get; init; }
}

/// <summary>What happens to starts that were missed.</summary>
public enum MisfirePolicy
{
    /// <summary>None is made up for.</summary>
    Skip,

    /// <summary>One for all.</summary>
    FireOnce,

    /// <summary>Each, up to the limit.</summary>
    FireAll,
}

/// <summary>What happens when the last job still runs.</summary>
public enum OverlapPolicy
{
    /// <summary>The new start is left out.</summary>
    Skip,

    /// <summary>One waits.</summary>
    BufferOne,

    /// <summary>The old one is cancelled.</summary>
    CancelOther,

    /// <summary>Both run.</summary>
    Allow,
}
