using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Orchestrator.Persistence.Startup;

/// <summary>Startup: the schema is up to date.</summary>
internal sealed class MigratedHealthCheck(IServiceDatabase database) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(database.Migrated
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("The schema is not up to date yet; run the service with the argument 'migrate'."));
}
