using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Orchestrator.Execution.Workspaces;
using Orchestrator.Hosting;

namespace Orchestrator.Execution.Redaction;

/// <summary>Registers what is known of secrets.</summary>
public static class RedactionRegistration
{
    /// <summary>Adds <see cref="KnownSecrets"/> and the health check <c>redaction</c>; secrets that cannot be masked are told in the log at start.</summary>
    public static IServiceCollection AddRedaction(this IServiceCollection services)
    {
        services.AddValidatedOptions<RedactionOptions>(RedactionOptions.Section);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(SecretsFolder.FromEnvironment());
        services.TryAddSingleton<SecretSources>();
        services.TryAddSingleton<KnownSecrets>();
        services.AddHostedService<FirstLook>();
        services.AddHealthChecks().AddCheck<RedactionHealthCheck>("redaction", tags: [ServiceDefaults.Ready]);
        return services;
    }

    private sealed class FirstLook(KnownSecrets secrets) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            secrets.Refresh();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
