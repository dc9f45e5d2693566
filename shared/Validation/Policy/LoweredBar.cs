using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Validation.Policy;

/// <summary>Says at start and at readiness that <c>Policy:AllowUnsandboxed</c> lowers the bar; registered only where it does.</summary>
internal sealed partial class LoweredBar(ILogger<LoweredBar> logger) : IHealthCheck, IHostedService
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(HealthCheckResult.Degraded("lowered: Policy:AllowUnsandboxed lets jobs run outside the sandbox"));

    public Task StartAsync(CancellationToken cancellationToken)
    {
        LogLowered();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Warning, Message = "The bar is lowered: Policy:AllowUnsandboxed is true, jobs may ask to run outside the sandbox")]
    private partial void LogLowered();
}
