using System.ComponentModel.DataAnnotations;

namespace Orchestrator.Validation.Policy;

/// <summary>
/// What the operator allows; a job and its project can only tighten it. Lists are null for their default, because the configuration binder adds to a list
/// that is there instead of replacing it.
/// </summary>
public sealed class PolicyOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Policy";

    /// <summary>Agents that jobs may name; null is every agent.</summary>
    public string[]? AllowedAgents { get; set; }

    /// <summary>Agent of a role (<c>planner</c>, <c>implementer</c>, <c>reviewer</c>) in the default pipeline.</summary>
    public Dictionary<string, string>? DefaultAgents { get; set; }

    /// <summary>Agent of the default pipeline where nothing else is said; null is <c>claude</c> under <c>Agents:Mode=real</c>, else <c>simulated</c>.</summary>
    public string? DefaultAgent { get; set; }

    /// <summary>Binaries that jobs may start; null is <c>claude</c>, <c>codex</c>, <c>opencode</c>.</summary>
    public string[]? AllowedBinaries { get; set; }

    /// <summary>Tools that steps of a role may name; null is every standard tool. The key <c>other</c> is for roles that map to none.</summary>
    public Dictionary<string, string[]>? AllowedTools { get; set; }

    /// <summary>Free-text roles beside the three names: text to <c>planner</c>, <c>implementer</c> or <c>reviewer</c>, in any case.</summary>
    public Dictionary<string, string>? Roles { get; set; }

    /// <summary>Networks of the box that jobs may ask for (<c>deny</c>, <c>allow</c>); null is <c>deny</c> only.</summary>
    public string[]? AllowedNetworks { get; set; }

    /// <summary>Whether jobs may ask to run outside the sandbox.</summary>
    public bool AllowUnsandboxed { get; set; }

    /// <summary>Whether a person must approve every job.</summary>
    public bool RequireApproval { get; set; }

    /// <summary>Whether a job without project runs, in an empty workspace.</summary>
    public bool AllowNoProject { get; set; } = true;

    /// <summary>Steps of one job.</summary>
    [Range(1, 5000)]
    public int MaxSteps { get; set; } = 200;

    /// <summary>Reservation of one launch by agent, US dollars, for steps that set no <c>max_cost_usd</c>.</summary>
    public Dictionary<string, decimal>? ReserveUsd { get; set; }

    /// <summary>Reservation of one launch of an agent that <see cref="ReserveUsd"/> does not name and that calls a model, US dollars.</summary>
    [Range(0, 10_000)]
    public decimal DefaultReserveUsd { get; set; } = 1m;

    /// <summary>Most that a job may cost, US dollars: the default and the ceiling of <c>budget.max_cost_usd</c>; null is no limit.</summary>
    [Range(0, 1_000_000)]
    public decimal? MaxJobCostUsd { get; set; }

    /// <summary>Most model calls of a job: the default and the ceiling of <c>budget.max_api_calls</c>; null is no limit.</summary>
    [Range(1, int.MaxValue)]
    public int? MaxJobApiCalls { get; set; }

    /// <summary>The names below <c>Agents:Commands</c>, and whether each calls a model; filled from there.</summary>
    internal Dictionary<string, bool> Commands { get; } = new(StringComparer.Ordinal);

    /// <summary>Every agent of this installation: what is built in, and the configured commands.</summary>
    public IReadOnlyCollection<string> AgentNames => [.. KnownAgents.Names.Union(Commands.Keys, StringComparer.Ordinal)];
}
