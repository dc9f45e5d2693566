namespace Orchestrator.TestServers;

/// <summary>A server of a test's own: it can go away and come back on the same address with the same data.</summary>
public interface IStoppable
{
    /// <summary>Stops it; its data stays.</summary>
    Task StopAsync();

    /// <summary>Stops it, if it runs, and starts it again.</summary>
    Task RestartAsync();
}
