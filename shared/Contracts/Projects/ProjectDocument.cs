using Orchestrator.Contracts.Jobs;

namespace Orchestrator.Contracts.Projects;

/// <summary>What a job may work on.</summary>
public sealed record ProjectDocument
{
    /// <summary><c>^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$</c>.</summary>
    public string Id { get; init; } = "";

    /// <summary>https, ssh or file URL, or an absolute path.</summary>
    public string RepoUrl { get; init; } = "";

    /// <summary>Branch that jobs start from; null is the repository's HEAD.</summary>
    public string? DefaultBranch { get; init; }

    /// <summary>Name of a secret that only the host reads; null is none. Never the secret itself.</summary>
    public string? Credential { get; init; }

    /// <summary>Policy that tightens the operator's; null is the operator's.</summary>
    public JobPolicy? Policy { get; init; }

    /// <summary>Default limits of a job; null is the operator's.</summary>
    public JobBudget? Budget { get; init; }

    /// <summary>Agent by role (<c>planner</c>, <c>implementer</c>, <c>reviewer</c>).</summary>
    public IReadOnlyDictionary<string, string>? DefaultAgents { get; init; }

    /// <summary>Runner class, or null.</summary>
    public string? Toolchain { get; init; }

    /// <summary>Host folders that the box sees read-only.</summary>
    public IReadOnlyList<string>? CacheMounts { get; init; }

    /// <summary>Command run with network before the box closes.</summary>
    public IReadOnlyList<string>? Setup { get; init; }

    /// <summary>Hosts that the box may reach under <c>allow</c>; where the box cannot tell them apart, <c>allow</c> is <c>deny</c>.</summary>
    public IReadOnlyList<string>? AllowedHosts { get; init; }

    /// <summary>Fingerprints of what looks like a secret and is none (test keys): found in the work of a job it parks nothing.</summary>
    public IReadOnlyList<string>? AllowedSecrets { get; init; }

    /// <summary>How a finished job is delivered; free form.</summary>
    public IReadOnlyDictionary<string, string>? Delivery { get; init; }
}
