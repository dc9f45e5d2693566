using Microsoft.Extensions.Options;
using Orchestrator.Gateway.Access;
using Orchestrator.Validation.Policy;

namespace Orchestrator.Gateway.Agents;

/// <summary>The agents that a step may name. Whether one can run is known by the runners that have it.</summary>
internal static class AgentEndpoints
{
    public static void MapAgents(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/agents", (IOptions<PolicyOptions> policy, IConfiguration configuration) => Results.Ok(new AgentList(
                configuration["Agents:Mode"] ?? "simulated",
                policy.Value.DefaultAgent,
                [.. (policy.Value.AllowedAgents ?? policy.Value.AgentNames).Order(StringComparer.Ordinal).Select(name => new AgentView(name))])))
            .RequireVerb(Verbs.Read).WithTags("agents").Produces<AgentList>().WithSummary("List the agents that a step may name.");

    internal sealed record AgentView(string Name);

    internal sealed record AgentList(string Mode, string? DefaultAgent, IReadOnlyList<AgentView> Agents);
}
