namespace Orchestrator.TestServers.Postgres;

/// <summary>A PostgreSQL for tests.</summary>
public interface IPostgresServer : IAsyncDisposable
{
    /// <summary>Its version, as it says itself.</summary>
    string Version { get; }

    /// <summary>Makes a database of its own for a test and returns its connection string.</summary>
    Task<string> NewDatabaseAsync();
}
