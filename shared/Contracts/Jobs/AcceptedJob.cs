using Orchestrator.Contracts.Projects;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.Contracts.Jobs;

/// <summary>
/// What the door wrote down when it accepted a job: the normalised job and every decision that the operator's configuration made about it,
/// so that Pipeline and runners need no configuration of their own to agree. Lives in the artifact store; <see cref="StartPipeline"/> and <see cref="RunStep"/> refer to it.
/// </summary>
public sealed record AcceptedJob
{
    /// <summary>The normalised job.</summary>
    public required JobDocument Job { get; init; }

    /// <summary>The project as configured at that moment, or null for an empty workspace. Holds the name of a credential, never the credential.</summary>
    public ProjectDocument? Project { get; init; }

    /// <summary>A decision per step, in the order of the job's steps.</summary>
    public required IReadOnlyList<AcceptedStep> Steps { get; init; }

    /// <summary>Notices for people: clamped policy fields, ignored fields.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];

    /// <summary>Who submitted it, for audit.</summary>
    public string Actor { get; init; } = "";

    /// <summary>W3C trace parent of the submission, or null.</summary>
    public string? TraceParent { get; init; }
}

/// <summary>What was decided about one step.</summary>
public sealed record AcceptedStep
{
    /// <summary>The step.</summary>
    public required string StepId { get; init; }

    /// <summary>The runner that its free-text role maps to.</summary>
    public required StepRole Role { get; init; }

    /// <summary>Effective tools: the step's own up to the operator's list of the role, else the role's default.</summary>
    public required IReadOnlyList<string> Tools { get; init; }

    /// <summary>Whether the effective tools include a writing one.</summary>
    public required bool CanWrite { get; init; }

    /// <summary>Sum to reserve for one launch, micro-dollars; 0 for an agent that costs nothing.</summary>
    public long ReserveMicroUsd { get; init; }

    /// <summary>Whether an empty diff is the failure <c>no_changes</c>, resolved.</summary>
    public bool RequireChanges { get; init; }
}
