using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orchestrator.Execution.Attempts;
using Orchestrator.Execution.ModelProxy;
using Orchestrator.Execution.Processes;
using Orchestrator.Execution.Redaction;
using Orchestrator.Execution.Sandbox;
using Orchestrator.Execution.Workspaces;
using Orchestrator.Hosting;

namespace Orchestrator.Execution;

/// <summary>Registers the attempt engine and what it stands on.</summary>
public static class ExecutionRegistration
{
    /// <summary>
    /// Adds <see cref="IAttemptEngine"/>, sandbox, model relays, known secrets, git and workspaces. Needs <c>AddArtifacts</c> and an <see cref="Agents.IAgentCatalog"/> beside it.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">Sections Execution, Git, Sandbox, Processes, Models, Redaction; <c>GIT_TIMEOUT</c>.</param>
    /// <exception cref="InvalidOperationException"><c>GIT_TIMEOUT</c> is no number of seconds.</exception>
    public static IServiceCollection AddExecution(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSandbox(required: string.Equals(configuration["Agents:Mode"], "real", StringComparison.OrdinalIgnoreCase));
        services.AddModelRelays();
        services.AddRedaction();
        services.AddValidatedOptions<ProcessesOptions>(ProcessesOptions.Section);
        services.AddValidatedOptions<ExecutionOptions>(ExecutionOptions.Section);
        services.AddValidatedOptions<GitOptions>(GitOptions.Section);
        services.AddSingleton<IConfigureOptions<GitOptions>, GitTimeoutVariable>();
        services.TryAddSingleton(SecretsFolder.FromEnvironment());
        services.TryAddSingleton<Git>();
        services.TryAddSingleton<LaunchWorkspaces>();
        services.TryAddSingleton<IAttemptEngine, AttemptEngine>();
        return services;
    }
}
