namespace Orchestrator.Contracts.Steps;

/// <summary>Command to the runner of the role: claim a lease for this attempt, acknowledge, run.</summary>
public sealed record RunStep
{
    /// <summary>The launch.</summary>
    public required AttemptKey Key { get; init; }

    /// <summary>The role whose runner executes it.</summary>
    public required StepRole Role { get; init; }

    /// <summary>The agent that the step names.</summary>
    public string Agent { get; init; } = "";

    /// <summary>The normalised job document in the artifact store; the step's definition is read from it.</summary>
    public required DocumentReference Document { get; init; }

    /// <summary>Work that this step starts from, in order of merging; empty is the base.</summary>
    public IReadOnlyList<StepWork> StartFrom { get; init; } = [];

    /// <summary>Accepted artifacts of earlier steps.</summary>
    public IReadOnlyList<StepArtifacts> Earlier { get; init; } = [];

    /// <summary>The base commit that the first step resolved, so that all steps of a run start from one; null before.</summary>
    public string? BaseCommit { get; init; }

    /// <summary>Whether steps that need no other wait for the base commit: the runner publishes <see cref="BaseResolved"/> as soon as it knows it.</summary>
    public bool AnnounceBase { get; init; }

    /// <summary>Hard cap of the attempt in micro-dollars; null is none.</summary>
    public long? CapMicroUsd { get; init; }

    /// <summary>What people and earlier visits said to this step: approvals, rejections, review findings, failures.</summary>
    public IReadOnlyList<string> Comments { get; init; } = [];

    /// <summary>What people should know of the start of this launch; the report carries it on.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];

    /// <summary>How a person ended a merge conflict of this step, or null.</summary>
    public MergeResolution? Resolution { get; init; }

    /// <summary>Fingerprints of secrets that people have released for this job.</summary>
    public IReadOnlyList<string> ReleasedSecrets { get; init; } = [];

    /// <summary>W3C trace parent of the job, or null.</summary>
    public string? TraceParent { get; init; }
}

/// <summary>A document that is too large for the bus.</summary>
/// <param name="Path">Path in the artifact store.</param>
/// <param name="Sha256">Lower-case hex SHA-256 of its bytes.</param>
public sealed record DocumentReference(string Path, string Sha256);

/// <summary>Work of a step as transport: a commit and the bundle that carries it.</summary>
/// <param name="StepId">Who made it.</param>
/// <param name="Commit">Commit id; equal to the base when nothing changed.</param>
/// <param name="Bundle">Git bundle (base excluded), or null when nothing changed.</param>
public sealed record StepWork(string StepId, string Commit, DocumentReference? Bundle);

/// <summary>Artifacts of an accepted visit.</summary>
/// <param name="StepId">The step.</param>
/// <param name="Files">Final name inside the step's folder (<c>report.md</c>) to where the bytes are.</param>
public sealed record StepArtifacts(string StepId, IReadOnlyDictionary<string, DocumentReference> Files);

/// <summary>How a merge conflict ends.</summary>
/// <param name="TakeStepId">The step whose side wins, or null.</param>
/// <param name="Commit">A commit to use instead, or null.</param>
public sealed record MergeResolution(string? TakeStepId, string? Commit);
