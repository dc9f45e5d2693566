using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Orchestrator.Persistence.Startup;

/// <summary>Readiness: the database answers. The registration bounds it to a second.</summary>
internal sealed class AnswersHealthCheck(Func<CancellationToken, Task> ping) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await ping(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (OperationCanceledException)
        {
            return HealthCheckResult.Unhealthy("The database did not answer within a second.");
        }
        catch (Exception exception)
        {
            // The message of a driver names host and database, never the password.
            return HealthCheckResult.Unhealthy("The database does not answer.", exception);
        }
    }
}
