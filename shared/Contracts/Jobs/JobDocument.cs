using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.Contracts.Jobs;

/// <summary>
/// A job as version 1.0 of the format writes it, plus the optional fields of this system.
/// An instance that comes out of validation is normalised: id, time, source and steps are present and each step has its agent, tools and policy resolved.
/// </summary>
public sealed record JobDocument
{
    /// <summary>Always <c>"1.0"</c>.</summary>
    public string SchemaVersion { get; init; } = "1.0";

    /// <summary>32 hex characters or the caller's own 8–64 characters; compared exactly.</summary>
    public string JobId { get; init; } = "";

    /// <summary>RFC 3339 time at which the job was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The door that the job came through.</summary>
    public JobSource Source { get; init; } = new(JobSourceType.Manual, null);

    /// <summary>What shall be achieved, 1–5000 characters.</summary>
    public string Goal { get; init; } = "";

    /// <summary>A configured project, or null for an empty workspace.</summary>
    public string? ProjectId { get; init; }

    /// <summary>Honoured from the local CLI only.</summary>
    public string Workdir { get; init; } = ".";

    /// <summary>Absolute http(s) URI that gets the result at each terminal state, or null.</summary>
    public string? CallbackUrl { get; init; }

    /// <summary>Free labels for search.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Free data of the caller, kept as it came.</summary>
    public IReadOnlyDictionary<string, JsonElement> Metadata { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>The steps; never empty after normalisation.</summary>
    public IReadOnlyList<StepDocument> Steps { get; init; } = [];

    /// <summary>Earlier conversation offered to each step.</summary>
    public IReadOnlyList<ContextMessage> ContextWindow { get; init; } = [];

    /// <summary>How much of the conversation reaches a step.</summary>
    public ContextStrategy ContextStrategy { get; init; } = ContextStrategy.Sliding;

    /// <summary>How work and artifacts pass from step to step.</summary>
    public ArtifactHandoff ArtifactHandoff { get; init; } = ArtifactHandoff.Manual;

    /// <summary>What the job asks for; it can only tighten what the operator allows.</summary>
    public JobPolicy Policy { get; init; } = new();

    /// <summary>Limits of the whole job, or null for the operator's default.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JobBudget? Budget { get; init; }

    /// <summary>Order among waiting jobs.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public JobPriority Priority { get; init; } = JobPriority.Normal;

    /// <summary>At most N running jobs share one key.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ConcurrencyKey { get; init; }

    /// <summary>Makes a repeated submission the same job.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? IdempotencyKey { get; init; }

    /// <summary>Git ref to start from; null is the project's default branch.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? BaseRef { get; init; }
}

/// <summary>The door and what it knows of the sender.</summary>
/// <param name="Type">The kind of door.</param>
/// <param name="Meta">Free data of the door.</param>
public sealed record JobSource(JobSourceType Type, IReadOnlyDictionary<string, JsonElement>? Meta);

/// <summary>Kinds of doors.</summary>
public enum JobSourceType
{
    /// <summary>HTTP <c>/webhook</c> or a signed webhook.</summary>
    Webhook,

    /// <summary>A person, by CLI or API.</summary>
    Manual,

    /// <summary>A schedule.</summary>
    Cron,

    /// <summary>A message on the broker.</summary>
    Event,
}

/// <summary>One message of the context window.</summary>
/// <param name="Role">Who spoke, for example <c>user</c>.</param>
/// <param name="Content">What was said.</param>
public sealed record ContextMessage(string Role, string Content);

/// <summary>How much of the context window reaches a step.</summary>
public enum ContextStrategy
{
    /// <summary>All of it.</summary>
    Full,

    /// <summary>A short form of the older part and the newest messages.</summary>
    Summarize,

    /// <summary>The last 12 messages.</summary>
    Sliding,
}

/// <summary>How work passes from step to step.</summary>
public enum ArtifactHandoff
{
    /// <summary>Only what <c>input_artifacts</c> and <c>apply_patches_from</c> name.</summary>
    Manual,

    /// <summary>The previous successful step's patch.</summary>
    PatchFirst,

    /// <summary>One work tree goes from step to step, nothing in the prompt.</summary>
    WorkspaceFirst,
}

/// <summary>Order among waiting jobs.</summary>
public enum JobPriority
{
    /// <summary>The default.</summary>
    Normal,

    /// <summary>After normal.</summary>
    Low,

    /// <summary>Before normal.</summary>
    High,
}

/// <summary>What the job asks for. Closed.</summary>
public sealed record JobPolicy
{
    /// <summary>Whether agents run boxed.</summary>
    public bool Sandbox { get; init; } = true;

    /// <summary>Whether the box has a network beyond the model.</summary>
    public NetworkPolicy Network { get; init; } = NetworkPolicy.Deny;

    /// <summary>Binaries that the job's steps may start; empty is the operator's list.</summary>
    public IReadOnlyList<string> AllowedBinaries { get; init; } = [];

    /// <summary>Whether a person must approve before the first step.</summary>
    public bool RequiresApproval { get; init; }
}

/// <summary>Network of the box.</summary>
public enum NetworkPolicy
{
    /// <summary>The model only.</summary>
    Deny,

    /// <summary>Whatever the runner reaches; a project that lists hosts is held to <see cref="Deny"/> as long as the box cannot tell hosts apart.</summary>
    Allow,
}

/// <summary>Limits of a whole job.</summary>
/// <param name="MaxCostUsd">US dollars, or null.</param>
/// <param name="MaxApiCalls">Model calls, or null.</param>
public sealed record JobBudget(decimal? MaxCostUsd, int? MaxApiCalls);
