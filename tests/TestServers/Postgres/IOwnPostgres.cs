namespace Orchestrator.TestServers.Postgres;

/// <summary>A PostgreSQL that a test may stop.</summary>
public interface IOwnPostgres : IPostgresServer, IStoppable;
