using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Orchestrator.Execution.Processes;
using Orchestrator.Hosting;

namespace Orchestrator.Execution.Sandbox;

/// <summary>Registers the sandbox.</summary>
public static class SandboxRegistration
{
    /// <summary>Adds <see cref="ISandbox"/>, <see cref="IProcessRunner"/> and the health check <c>sandbox</c>.</summary>
    /// <param name="services">The services.</param>
    /// <param name="required">Whether a missing sandbox makes this service unready; false where only the simulated agent runs.</param>
    public static IServiceCollection AddSandbox(this IServiceCollection services, bool required = true)
    {
        services.AddValidatedOptions<SandboxOptions>(SandboxOptions.Section);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IProcessRunner, ProcessRunner>();
        services.TryAddSingleton<ISandbox>(provider =>
            provider.GetRequiredService<IOptions<SandboxOptions>>().Value.Mode == SandboxMode.None
                ? new NoSandbox()
                : ActivatorUtilities.CreateInstance<BubblewrapSandbox>(provider));
        services.AddHealthChecks().AddCheck<SandboxHealthCheck>(
            "sandbox",
            required ? HealthStatus.Unhealthy : HealthStatus.Degraded,
            [ServiceDefaults.Ready]);
        return services;
    }
}
