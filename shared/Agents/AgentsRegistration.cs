using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Agents.Binaries;
using Orchestrator.Agents.Claude;
using Orchestrator.Agents.Codex;
using Orchestrator.Agents.Launches;
using Orchestrator.Agents.Merge;
using Orchestrator.Agents.OpenCode;
using Orchestrator.Agents.Prices;
using Orchestrator.Agents.Simulated;
using Orchestrator.Hosting;

namespace Orchestrator.Agents;

/// <summary>Registers the agents.</summary>
public static class AgentsRegistration
{
    /// <summary>Adds <see cref="IAgentCatalog"/>, <see cref="BinaryLocator"/>, <see cref="VersionProbe"/> and <see cref="PriceList"/>.</summary>
    public static IServiceCollection AddAgents(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidatedOptions<AgentsOptions>(AgentsOptions.Section);
        var versions = new MinimumVersionsConfiguration(configuration);
        services.AddSingleton<IPostConfigureOptions<AgentsOptions>>(versions);
        services.AddSingleton<IValidateOptions<AgentsOptions>>(versions);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => provider.GetRequiredService<IOptions<AgentsOptions>>().Value.PricesFile is { } file ? PriceList.Load(file) : PriceList.BuiltIn());
        services.TryAddSingleton<BinaryLocator>();
        services.TryAddSingleton<VersionProbe>();
        services.TryAddSingleton<CliLaunch>();
        services.AddSingleton<ICodingAgent, ClaudeAgent>();
        services.AddSingleton<ICodingAgent, CodexAgent>();
        services.AddSingleton<ICodingAgent, OpenCodeAgent>();
        services.AddSingleton<ICodingAgent, SimulatedAgent>();
        services.AddSingleton<ICodingAgent, MergeAgent>();
        services.TryAddSingleton<AgentCatalog>();
        services.TryAddSingleton<IAgentCatalog>(provider => provider.GetRequiredService<AgentCatalog>());
        return services;
    }
}
