using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Orchestrator.Execution.Sandbox;

/// <summary>Healthy when boxes work, degraded when the operator lowered the bar, the registration's failure status with the reason otherwise.</summary>
public sealed class SandboxHealthCheck(ISandbox sandbox, IOptions<SandboxOptions> options) : IHealthCheck
{
    /// <inheritdoc />
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var status = await sandbox.ProbeAsync(cancellationToken);
        return status.State switch
        {
            SandboxState.Enforced when options.Value.JobsMayLeave => HealthCheckResult.Degraded($"{status.Detail}; lowered: Policy:AllowUnsandboxed lets jobs run outside it"),
            SandboxState.Enforced => HealthCheckResult.Healthy(status.Detail),
            SandboxState.Lowered => HealthCheckResult.Degraded(status.Detail),
            _ => new HealthCheckResult(context.Registration.FailureStatus, status.Detail),
        };
    }
}
