using System.Text.Json.Serialization;

namespace Orchestrator.Contracts.Steps;

/// <summary>Event: a runner holds the lease and starts.</summary>
/// <param name="Key">The launch.</param>
/// <param name="Role">Role of the runner.</param>
/// <param name="Agent">The agent.</param>
/// <param name="Runner">Instance that runs it.</param>
/// <param name="At">When.</param>
public sealed record StepStarted(AttemptKey Key, StepRole Role, string Agent, string Runner, DateTimeOffset At);

/// <summary>Event: a launch has found the base commit of its run. Published only for a launch that was asked for it with <see cref="RunStep.AnnounceBase"/>.</summary>
/// <param name="Key">The launch.</param>
/// <param name="BaseCommit">What all steps of the run start from.</param>
public sealed record BaseResolved(AttemptKey Key, string BaseCommit);

/// <summary>Event: the launch is over. Compared by attempt and token before it counts.</summary>
public sealed record StepFinished
{
    /// <summary>The launch.</summary>
    public required AttemptKey Key { get; init; }

    /// <summary>How it ended.</summary>
    public required StepOutcome Outcome { get; init; }

    /// <summary>The agent.</summary>
    public required string Agent { get; init; }

    /// <summary>Role of the runner.</summary>
    public required StepRole Role { get; init; }

    /// <summary>One line for people, clean of secrets.</summary>
    public string Summary { get; init; } = "";

    /// <summary>Named code when the outcome is not success (see <see cref="ErrorCodes"/>).</summary>
    public string? ErrorCode { get; init; }

    /// <summary>What happened and the remedy.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>Whether the work tree changed; null when it is not known.</summary>
    public bool? Changed { get; init; }

    /// <summary>Whether the scan for secrets passed, or a person released what it found; null when it did not run.</summary>
    public bool? SecretsPassed { get; init; }

    /// <summary>What the scan found and nobody has released, the first ones; empty when it passed.</summary>
    public IReadOnlyList<SecretFinding> Secrets { get; init; } = [];

    /// <summary>Whether work and report are withheld from everybody until a person has decided.</summary>
    [JsonIgnore]
    public bool IsSealed => SecretsPassed == false;

    /// <summary>The files that people may see: none that is ours alone, and of a sealed launch neither work nor words.</summary>
    [JsonIgnore]
    public IEnumerable<KeyValuePair<string, DocumentReference>> ShownFiles => Files.Where(file => !file.Key.StartsWith('.') && !(IsSealed && Withheld.Contains(file.Key)));

    private static readonly string[] Withheld = ["patch.diff", "cumulative.diff", "report.md", "raw_stdout.txt"];

    /// <summary>When a parked launch may go on; null when only a person or an event can tell.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>What the agent used.</summary>
    public AgentUsage Usage { get; init; } = new();

    /// <summary>Artifacts by final name.</summary>
    public IReadOnlyDictionary<string, DocumentReference> Files { get; init; } = new Dictionary<string, DocumentReference>();

    /// <summary>The work, also of a failed, timed-out or cancelled launch; null when there was no workspace.</summary>
    public StepWork? Work { get; init; }

    /// <summary>The base commit of the run, as resolved by this launch; null when there was no workspace.</summary>
    public string? BaseCommit { get; init; }

    /// <summary>Steps whose work could not be merged, both sides kept; empty otherwise.</summary>
    public IReadOnlyList<string> ConflictingSteps { get; init; } = [];

    /// <summary>Notices for people: a clamped policy, a lowered bar, a cost difference.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];

    /// <summary>When it started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it was over.</summary>
    public required DateTimeOffset FinishedAt { get; init; }
}

/// <summary>How a launch ended.</summary>
public enum StepOutcome
{
    /// <summary>The work is good.</summary>
    Succeeded,

    /// <summary>The agent's work is no good; counts against <c>max_retries</c>.</summary>
    Failed,

    /// <summary>No good and not to be tried again.</summary>
    FailedForGood,

    /// <summary>The hard timeout or the idle watchdog ended it.</summary>
    TimedOut,

    /// <summary>Ended on request; no process is left.</summary>
    Cancelled,

    /// <summary>Waits for a reason that is not the agent's fault.</summary>
    Parked,

    /// <summary>The lease ran out without a report.</summary>
    Lost,

    /// <summary>Given back by a runner that stops; a launch, never a failure.</summary>
    HandedBack,
}

/// <summary>What an agent used, as counted. Money is integer micro-dollars.</summary>
public sealed record AgentUsage
{
    /// <summary>Input tokens, cached ones not included.</summary>
    public long InputTokens { get; init; }

    /// <summary>Input tokens read from the provider's cache.</summary>
    public long CacheReadTokens { get; init; }

    /// <summary>Input tokens written to the provider's cache.</summary>
    public long CacheWriteTokens { get; init; }

    /// <summary>Output tokens.</summary>
    public long OutputTokens { get; init; }

    /// <summary>Model calls, or 0 when the agent does not say.</summary>
    public int Calls { get; init; }

    /// <summary>Cost in micro-dollars by our price file.</summary>
    public long CostMicroUsd { get; init; }

    /// <summary>What the CLI says it cost, in micro-dollars, kept beside ours; null when it does not say.</summary>
    public long? ReportedMicroUsd { get; init; }

    /// <summary>The model, or null.</summary>
    public string? Model { get; init; }

    /// <summary>The sum of two usages; the model is kept when both name the same.</summary>
    public AgentUsage Plus(AgentUsage other) => new()
    {
        InputTokens = InputTokens + other.InputTokens,
        CacheReadTokens = CacheReadTokens + other.CacheReadTokens,
        CacheWriteTokens = CacheWriteTokens + other.CacheWriteTokens,
        OutputTokens = OutputTokens + other.OutputTokens,
        Calls = Calls + other.Calls,
        CostMicroUsd = CostMicroUsd + other.CostMicroUsd,
        ReportedMicroUsd = ReportedMicroUsd is null && other.ReportedMicroUsd is null ? null : (ReportedMicroUsd ?? 0) + (other.ReportedMicroUsd ?? 0),
        Model = Model is null || string.Equals(Model, other.Model, StringComparison.Ordinal) ? other.Model : null,
    };
}

/// <summary>Command to the runners: end this launch within 2 s. Sent to all, since any may hold it.</summary>
/// <param name="Key">The launch.</param>
/// <param name="Reason">Why, for the report.</param>
/// <param name="Agent">The agent of the step, for the report of a launch that nobody claimed.</param>
/// <param name="Role">The role of the step, for the same.</param>
public sealed record CancelStep(AttemptKey Key, string Reason, string Agent = "", StepRole Role = default);

/// <summary>A live piece of a step's log, best effort.</summary>
/// <param name="JobId">The job.</param>
/// <param name="StepId">The step.</param>
/// <param name="Visit">Visit of the step.</param>
/// <param name="Attempt">Launch within the visit.</param>
/// <param name="Offset">Byte offset of the piece in the launch's log.</param>
/// <param name="Text">Clean text.</param>
public sealed record StepLogChunk(string JobId, string StepId, int Visit, int Attempt, long Offset, string Text);
