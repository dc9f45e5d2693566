namespace Orchestrator.Agents;

/// <summary>Every agent of this installation, by exact name.</summary>
public sealed class AgentCatalog
{
    private readonly Dictionary<string, ICodingAgent> _agents;

    /// <summary>Creates it.</summary>
    public AgentCatalog(IEnumerable<ICodingAgent> agents) => _agents = agents.ToDictionary(agent => agent.Name, StringComparer.Ordinal);

    /// <summary>Their names.</summary>
    public IReadOnlyCollection<string> Names => _agents.Keys;

    /// <summary>All of them.</summary>
    public IReadOnlyCollection<ICodingAgent> All => _agents.Values;

    /// <summary>The agent of exactly this name, or null.</summary>
    public ICodingAgent? Find(string name) => _agents.GetValueOrDefault(name);
}
