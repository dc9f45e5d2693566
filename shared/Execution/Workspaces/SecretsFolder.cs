namespace Orchestrator.Execution.Workspaces;

/// <summary>Where the host's secret files are.</summary>
/// <param name="Path">The folder; need not exist.</param>
public sealed record SecretsFolder(string Path)
{
    /// <summary>The folder that <c>ORCHESTRATOR_SECRETS</c> names, else <c>/run/secrets/orchestrator</c>.</summary>
    public static SecretsFolder FromEnvironment() => new(Environment.GetEnvironmentVariable("ORCHESTRATOR_SECRETS") ?? "/run/secrets/orchestrator");
}
