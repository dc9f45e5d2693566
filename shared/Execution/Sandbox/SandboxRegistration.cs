using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Execution.Processes;
using Orchestrator.Hosting;

namespace Orchestrator.Execution.Sandbox;

/// <summary>Registers the sandbox.</summary>
public static partial class SandboxRegistration
{
    /// <summary>Adds <see cref="ISandbox"/>, <see cref="IProcessRunner"/> and the health check <c>sandbox</c>.</summary>
    /// <param name="services">The services.</param>
    /// <param name="required">Whether a missing sandbox makes this service unready; false where only the simulated agent runs.</param>
    public static IServiceCollection AddSandbox(this IServiceCollection services, bool required = true)
    {
        services.AddValidatedOptions<SandboxOptions>(SandboxOptions.Section);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IProcessRunner, ProcessRunner>();
        services.AddOptions<SandboxOptions>().PostConfigure<IConfiguration>((options, configuration) => options.JobsMayLeave = configuration.GetValue("Policy:AllowUnsandboxed", false));
        services.TryAddSingleton<ISandbox>(provider =>
        {
            var logger = provider.GetRequiredService<ILoggerFactory>().CreateLogger<NoSandbox>();
            return provider.GetRequiredService<IOptions<SandboxOptions>>().Value switch
            {
                { Mode: SandboxMode.None } => Lowered(logger),
                { JobsMayLeave: true } => Leavable(provider, logger),
                _ => ActivatorUtilities.CreateInstance<BubblewrapSandbox>(provider),
            };
        });
        services.AddHealthChecks().AddCheck<SandboxHealthCheck>(
            "sandbox",
            required ? HealthStatus.Unhealthy : HealthStatus.Degraded,
            [ServiceDefaults.Ready]);
        return services;
    }

    private static NoSandbox Lowered(ILogger logger)
    {
        LogLowered(logger);
        return new NoSandbox();
    }

    private static BubblewrapSandbox Leavable(IServiceProvider provider, ILogger logger)
    {
        LogLeavable(logger);
        return ActivatorUtilities.CreateInstance<BubblewrapSandbox>(provider);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The bar is lowered: Policy:AllowUnsandboxed is true, the agents of jobs that ask for it run with the rights of this service and neither files nor network are held back")]
    private static partial void LogLeavable(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The bar is lowered: Sandbox:Mode is none, agents run with the rights of this service and neither files nor network are held back")]
    private static partial void LogLowered(ILogger logger);
}
