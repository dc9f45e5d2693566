using System.Text.Json.Serialization;

namespace Orchestrator.Contracts.Steps;

/// <summary>One node of a job's graph, as version 1.0 of the format writes it plus the optional fields of this system.</summary>
public sealed record StepDocument
{
    /// <summary>Unique in the job.</summary>
    public string StepId { get; init; } = "";

    /// <summary>Name of the agent that runs the step.</summary>
    public string Agent { get; init; } = "";

    /// <summary>Free text that maps to planner, implementer or reviewer.</summary>
    public string Role { get; init; } = "";

    /// <summary>The task, 1–20000 characters.</summary>
    public string Prompt { get; init; } = "";

    /// <summary>Hard limit of one attempt in seconds, 1–3600.</summary>
    public int TimeoutSec { get; init; } = 600;

    /// <summary>Agent failures that are tried again, 0–10.</summary>
    public int MaxRetries { get; init; } = 1;

    /// <summary>First back-off in seconds, 0–60; doubled per attempt, capped at 60 s, jittered.</summary>
    public double RetryBackoffSec { get; init; } = 2;

    /// <summary>Paths inside the job's artifacts that the step may read.</summary>
    public IReadOnlyList<string> InputArtifacts { get; init; } = [];

    /// <summary>Paths of patches to apply before the step.</summary>
    public IReadOnlyList<string> ApplyPatchesFrom { get; init; } = [];

    /// <summary>Tools of the step, or null for those of its role.</summary>
    public IReadOnlyList<string>? AllowedTools { get; init; }

    /// <summary><c>stop</c>, <c>continue</c>, <c>ask_human</c> or <c>goto:&lt;step_id&gt;</c>.</summary>
    public string OnFailure { get; init; } = "stop";

    /// <summary>Steps that must be over before this one; null on every step means listed order.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? DependsOn { get; init; }

    /// <summary>Cap of one attempt in US dollars.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? MaxCostUsd { get; init; }

    /// <summary>Model name for the agent, or null for its default.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Model { get; init; }

    /// <summary>Whether a person must approve before or after the step.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public StepApproval Approval { get; init; }

    /// <summary>Command run in the box after the agent; non-zero fails the step.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Verify { get; init; }

    /// <summary>Whether an empty diff is the failure <c>no_changes</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? RequireChanges { get; init; }
}

/// <summary>When a person is asked.</summary>
public enum StepApproval
{
    /// <summary>Never.</summary>
    None,

    /// <summary>Before the first attempt.</summary>
    Before,

    /// <summary>After success, before what depends on it.</summary>
    After,
}

/// <summary>Which runner executes a step, and what the agent may touch.</summary>
public enum StepRole
{
    /// <summary>Reads and writes a plan.</summary>
    Planner,

    /// <summary>Changes the work tree.</summary>
    Implementer,

    /// <summary>Reads and judges.</summary>
    Reviewer,
}
