namespace Orchestrator.Agents;

/// <summary>The agents of this machine. What the attempt engine asks before a launch; also readiness and <c>/v1/agents</c>.</summary>
public interface IAgentCatalog
{
    /// <summary>Names of all agents that a step may name.</summary>
    IReadOnlyCollection<string> Names { get; }

    /// <summary>The agent of this name, compared exactly; null when there is none.</summary>
    ICodingAgent? Find(string name);

    /// <summary>Whether the agent can run here: its binary is there and its version, by the one configured version argument (no standard input, no key, 10 s limit), is new enough. A yes may be kept, a no is looked at again soon.</summary>
    Task<AgentAvailability> ProbeAsync(ICodingAgent agent, CancellationToken cancellationToken);
}

/// <summary>Whether an agent can run here.</summary>
/// <param name="Problem">Null when it can; else what is missing and the remedy.</param>
/// <param name="Binary">Absolute path of the binary, or null for an agent without one.</param>
/// <param name="Version">What the binary says, or null.</param>
public sealed record AgentAvailability(string? Problem, string? Binary = null, string? Version = null)
{
    /// <summary>Whether it can.</summary>
    public bool IsAvailable => Problem is null;
}
