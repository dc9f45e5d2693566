namespace Orchestrator.TestServers.RabbitMq;

/// <summary>A broker for tests.</summary>
public interface IRabbitMqServer : IAsyncDisposable
{
    /// <summary>Its version, as it says itself.</summary>
    string Version { get; }

    /// <summary>A virtual host of its own for a test: exchanges of message types would talk across tests otherwise.</summary>
    Task<RabbitMqVhost> NewVhostAsync();
}
