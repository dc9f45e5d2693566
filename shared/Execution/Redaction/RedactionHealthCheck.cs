using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Orchestrator.Execution.Redaction;

/// <summary>Says which secrets cannot be masked. It refuses nothing: a developer's broker has the password that it was born with.</summary>
public sealed class RedactionHealthCheck(KnownSecrets secrets) : IHealthCheck
{
    /// <inheritdoc />
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var unmaskable = secrets.Unmaskable;
        return Task.FromResult(HealthCheckResult.Healthy(unmaskable.Count == 0
            ? "known secrets are masked"
            : $"not masked, because too short or a common word: {string.Join(", ", unmaskable)}; use longer random values"));
    }
}
