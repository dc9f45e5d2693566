using Orchestrator.Contracts.Steps;

namespace Orchestrator.Persistence.Leases;

/// <summary>One launch of a step's agent and who may run it. Written before the launch and never deleted while its job is known.</summary>
public sealed class AttemptLease
{
    /// <summary>The saga.</summary>
    public Guid PipelineId { get; init; }

    /// <summary>The job.</summary>
    public required string JobId { get; init; }

    /// <summary>Run of the job.</summary>
    public int Run { get; init; }

    /// <summary>The step.</summary>
    public required string StepId { get; init; }

    /// <summary>Visit of the step.</summary>
    public int Visit { get; init; }

    /// <summary>Launch within the visit.</summary>
    public int Attempt { get; init; }

    /// <summary>Fencing token; only its holder may finish.</summary>
    public long Token { get; init; }

    /// <summary>Role of the runner.</summary>
    public StepRole Role { get; init; }

    /// <summary>The agent.</summary>
    public required string Agent { get; init; }

    /// <summary>The process that runs it; a new one for every start of a process.</summary>
    public required string Owner { get; init; }

    /// <summary>From then on, by the database's clock, anybody may mark it lost; null when it is over.</summary>
    public DateTimeOffset? LeaseUntil { get; set; }

    /// <summary>How far it is.</summary>
    public AttemptState State { get; set; }

    /// <summary>Whether the owner is to end it.</summary>
    public bool CancelRequested { get; set; }

    /// <summary>The command that asked for it, JSON.</summary>
    public required string Command { get; init; }

    /// <summary>What was answered, JSON; the answer to every repetition of the command. Null while it runs.</summary>
    public string? Report { get; set; }

    /// <summary>When it was claimed, by the database's clock.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When it was over, by the database's clock.</summary>
    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>How many launches of this visit were claimed so far, this one included.</summary>
    public int Launches { get; init; }

    /// <summary>Its name.</summary>
    public AttemptKey Key => new(PipelineId, JobId, Run, StepId, Visit, Attempt, Token);
}

/// <summary>How far a launch is.</summary>
public enum AttemptState
{
    /// <summary>The owner runs it, until somebody marks it lost.</summary>
    Running,

    /// <summary>Its owner reported an outcome.</summary>
    Finished,

    /// <summary>The lease ran out; its owner is refused from then on.</summary>
    Lost,

    /// <summary>Its owner stopped and gave it back.</summary>
    HandedBack,
}
