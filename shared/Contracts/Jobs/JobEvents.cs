using Orchestrator.Contracts.Steps;

namespace Orchestrator.Contracts.Jobs;

/// <summary>Event: the run waits its turn and has not started; it holds nothing.</summary>
/// <param name="PipelineId">The saga.</param>
/// <param name="JobId">The job.</param>
/// <param name="Run">Run of the job.</param>
/// <param name="Detail">For people: what it waits for.</param>
/// <param name="At">When.</param>
public sealed record JobQueued(Guid PipelineId, string JobId, int Run, string Detail, DateTimeOffset At);

/// <summary>Event: the run starts: its first step is on its way, or a person is asked first.</summary>
/// <param name="PipelineId">The saga.</param>
/// <param name="JobId">The job.</param>
/// <param name="Run">Run of the job.</param>
/// <param name="At">When.</param>
/// <param name="Reused">Steps that keep the result of an earlier run; null in the first run.</param>
public sealed record JobStarted(Guid PipelineId, string JobId, int Run, DateTimeOffset At, IReadOnlyList<string>? Reused = null);

/// <summary>Event: the job, or a step of it, waits. It is no failure and holds no runner.</summary>
/// <param name="PipelineId">The saga.</param>
/// <param name="JobId">The job.</param>
/// <param name="Run">Run of the job.</param>
/// <param name="StepId">The step that waits, or null for the whole job.</param>
/// <param name="Reason">Why.</param>
/// <param name="Detail">For people: what it waits for and the remedy.</param>
/// <param name="WakeAt">When it goes on by itself; null when a person or an event must tell.</param>
/// <param name="At">When.</param>
/// <param name="Moving">Whether another step of the run is on its way.</param>
public sealed record JobParked(
    Guid PipelineId, string JobId, int Run, string? StepId, ParkReason Reason, string Detail, DateTimeOffset? WakeAt, DateTimeOffset At, bool Moving = false);

/// <summary>Event: the last step that was on its way is over, and every step that is left is parked already.</summary>
/// <param name="PipelineId">The saga.</param>
/// <param name="JobId">The job.</param>
/// <param name="Run">Run of the job.</param>
/// <param name="At">When.</param>
public sealed record JobHalted(Guid PipelineId, string JobId, int Run, DateTimeOffset At);

/// <summary>Event: a parked job goes on.</summary>
/// <param name="PipelineId">The saga.</param>
/// <param name="JobId">The job.</param>
/// <param name="Run">Run of the job.</param>
/// <param name="StepId">The step, or null.</param>
/// <param name="Actor">Who woke it.</param>
/// <param name="At">When.</param>
/// <param name="Moving">Whether any step of the run is on its way; false when only others wait now.</param>
public sealed record JobResumed(Guid PipelineId, string JobId, int Run, string? StepId, string Actor, DateTimeOffset At, bool Moving = true);

/// <summary>Event: every step that had to succeed did.</summary>
/// <param name="PipelineId">The saga.</param>
/// <param name="JobId">The job.</param>
/// <param name="Run">Run of the job.</param>
/// <param name="Outcome">The whole.</param>
public sealed record JobCompleted(Guid PipelineId, string JobId, int Run, JobOutcome Outcome);

/// <summary>Event: the job is over and did not succeed.</summary>
/// <param name="PipelineId">The saga.</param>
/// <param name="JobId">The job.</param>
/// <param name="Run">Run of the job.</param>
/// <param name="Outcome">The whole; <see cref="JobOutcome.ErrorCode"/> is set.</param>
public sealed record JobFailed(Guid PipelineId, string JobId, int Run, JobOutcome Outcome);

/// <summary>Event: the job was cancelled and no process is left.</summary>
/// <param name="PipelineId">The saga.</param>
/// <param name="JobId">The job.</param>
/// <param name="Run">Run of the job.</param>
/// <param name="Outcome">The whole.</param>
public sealed record JobCancelled(Guid PipelineId, string JobId, int Run, JobOutcome Outcome);

/// <summary>What a finished run amounts to.</summary>
public sealed record JobOutcome
{
    /// <summary>One line for people.</summary>
    public string Summary { get; init; } = "";

    /// <summary>The four job artifacts by final name (<c>report.md</c>, <c>patch.diff</c>, <c>logs.txt</c>, <c>result.json</c>).</summary>
    public IReadOnlyDictionary<string, DocumentReference> Files { get; init; } = new Dictionary<string, DocumentReference>();

    /// <summary>Sum over every launch of this run.</summary>
    public AgentUsage Usage { get; init; } = new();

    /// <summary>Launches of all steps in this run.</summary>
    public int Launches { get; init; }

    /// <summary>What earlier runs of the job cost, micro-dollars.</summary>
    public long EarlierMicroUsd { get; init; }

    /// <summary>Steps whose result was taken over from an earlier run; their cost stands there.</summary>
    public IReadOnlyList<string> Reused { get; init; } = [];

    /// <summary>The step that decided it, or null.</summary>
    public string? StepId { get; init; }

    /// <summary>Named code when the job did not succeed.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>What happened and the remedy.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>Whether the job changed anything; null when not known.</summary>
    public bool? Changed { get; init; }

    /// <summary>When it started.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When it was over.</summary>
    public DateTimeOffset FinishedAt { get; init; }
}

/// <summary>Why a job or step waits.</summary>
public enum ParkReason
{
    /// <summary>A person must approve.</summary>
    Approval,

    /// <summary>The budget has no room now.</summary>
    Budget,

    /// <summary>The model's provider asks to wait.</summary>
    ProviderLimit,

    /// <summary>Between two attempts.</summary>
    Backoff,

    /// <summary>Something we depend on is away.</summary>
    Outage,

    /// <summary>The agent's binary is missing.</summary>
    AgentUnavailable,

    /// <summary>The sandbox cannot be had.</summary>
    SandboxUnavailable,

    /// <summary>A secret stands in the output.</summary>
    SecretInOutput,

    /// <summary>Parallel work does not merge.</summary>
    MergeConflict,

    /// <summary>A failed step with <c>on_failure: ask_human</c>.</summary>
    NeedsHuman,

    /// <summary>Paused by an operator.</summary>
    Operator,
}
