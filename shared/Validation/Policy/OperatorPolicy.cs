using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.Validation.Policy;

/// <summary>The operator's policy with every default filled in.</summary>
internal sealed class OperatorPolicy(PolicyOptions options)
{
    /// <summary>Key of <see cref="PolicyOptions.AllowedTools"/> for roles that map to none of the three.</summary>
    public const string OtherRoles = "other";

    private static readonly string[] DefaultBinaries =
        [.. KnownAgents.Names.Select(name => KnownAgents.Find(name)!.Binary).OfType<string>()];

    private static readonly Dictionary<string, StepRole> RoleNames =
        Enum.GetValues<StepRole>().ToDictionary(role => role.ToString(), StringComparer.OrdinalIgnoreCase);

    private readonly Dictionary<string, string> _roles = new(options.Roles ?? [], StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string[]> _tools = new(options.AllowedTools ?? [], StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _defaultAgents = new(options.DefaultAgents ?? [], StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, decimal> _reserves = new(options.ReserveUsd ?? [], StringComparer.OrdinalIgnoreCase);

    public PolicyOptions Options => options;

    public IReadOnlyCollection<string> Agents => options.AllowedAgents ?? options.AgentNames;

    public IReadOnlyList<string> Binaries => options.AllowedBinaries ?? DefaultBinaries;

    public bool AllowsNetwork => options.AllowedNetworks?.Contains("allow", StringComparer.OrdinalIgnoreCase) ?? false;

    /// <summary>The agent of exactly this name, or null; a configured command is one.</summary>
    public KnownAgent? Find(string name) =>
        options.Commands.TryGetValue(name, out var callsModel) ? new KnownAgent(name, null, callsModel) : KnownAgents.Find(name);

    /// <summary>The runner of a free-text role; null when the text maps to none.</summary>
    public StepRole? RoleOf(string text)
    {
        var word = text.Trim();
        return RoleNames.TryGetValue(_roles.GetValueOrDefault(word, word), out var role) ? role : null;
    }

    /// <summary>Tools that a step of the role may have; null is a role that maps to none.</summary>
    public IReadOnlyList<string> ToolsOf(StepRole? role) =>
        _tools.TryGetValue(role?.ToString() ?? OtherRoles, out var tools) ? tools
        : role is null ? KnownTools.Reading
        : KnownTools.Standard;

    /// <summary>Agent of a role in the default pipeline, before the project has its say.</summary>
    public string DefaultAgentOf(StepRole role) =>
        _defaultAgents.GetValueOrDefault(role.ToString()) ?? options.DefaultAgent ?? KnownAgents.Simulated;

    /// <summary>Dollars to reserve for a launch that sets no cap of its own.</summary>
    public decimal ReserveOf(KnownAgent agent) =>
        _reserves.TryGetValue(agent.Name, out var usd) ? usd : agent.IsReal ? options.DefaultReserveUsd : 0m;

    /// <summary>The operator's limits of a job; null is none.</summary>
    public JobBudget? Budget => options.MaxJobCostUsd is null && options.MaxJobApiCalls is null
        ? null
        : new JobBudget(options.MaxJobCostUsd, options.MaxJobApiCalls);
}
