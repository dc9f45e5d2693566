using Microsoft.Extensions.Options;
using Orchestrator.Agents.Binaries;
using Orchestrator.Agents.Command;
using Orchestrator.Agents.Launches;

namespace Orchestrator.Agents;

/// <summary>Every agent of this installation, by exact name.</summary>
public sealed class AgentCatalog : IAgentCatalog
{
    private readonly Dictionary<string, ICodingAgent> _agents;
    private readonly VersionProbe _probe;

    /// <summary>Creates it of the built-in agents and the configured commands.</summary>
    public AgentCatalog(IEnumerable<ICodingAgent> agents, CliLaunch launch, VersionProbe probe, IOptions<AgentsOptions> options)
    {
        _agents = agents
            .Concat(options.Value.Commands.Select(command => new CommandAgent(command.Key, command.Value, launch)))
            .ToDictionary(agent => agent.Name, StringComparer.Ordinal);
        _probe = probe;
    }

    /// <inheritdoc />
    public IReadOnlyCollection<string> Names => _agents.Keys;

    /// <summary>All of them.</summary>
    public IReadOnlyCollection<ICodingAgent> All => _agents.Values;

    /// <inheritdoc />
    public ICodingAgent? Find(string name) => _agents.GetValueOrDefault(name);

    /// <inheritdoc />
    public async Task<AgentAvailability> ProbeAsync(ICodingAgent agent, CancellationToken cancellationToken)
    {
        if (!agent.NeedsBox)
            return new AgentAvailability(Problem: null);
        var status = await _probe.CheckAsync(agent.Name, cancellationToken);
        return new AgentAvailability(status.Problem, status.Path, status.Version?.ToString());
    }
}
