namespace Orchestrator.Runners.Attempts;

/// <summary>This process as the owner of leases; a new one at every start, so that a restarted process never takes itself for its predecessor.</summary>
public sealed class RunnerInstance
{
    /// <summary><c>host:pid:random</c>.</summary>
    public string Name { get; } = $"{Environment.MachineName}:{Environment.ProcessId}:{Guid.NewGuid().ToString("N")[..8]}";
}
