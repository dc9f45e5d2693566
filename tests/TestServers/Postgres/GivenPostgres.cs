using Npgsql;

namespace Orchestrator.TestServers.Postgres;

/// <summary>A PostgreSQL that somebody else runs; the login may create databases.</summary>
internal sealed class GivenPostgres(string address, string version) : IPostgresServer
{
    public string Version => version;

    public static async Task<GivenPostgres> ConnectAsync(string address, string source)
    {
        await using var connection = new NpgsqlConnection(address);
        await connection.OpenAsync();
        var version = connection.PostgreSqlVersion.ToString();
        ServerSource.Note("postgres", version, source);
        return new GivenPostgres(address, version);
    }

    public Task<string> NewDatabaseAsync() => CreateAsync(address);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal static async Task<string> CreateAsync(string address)
    {
        var name = $"t{Guid.NewGuid():N}";
        // Not pooled: hundreds of tests would keep hundreds of idle connections to the maintenance database.
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(address) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"create database {name}";
        await command.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(address) { Database = name, MaxPoolSize = 20, IncludeErrorDetail = true }.ConnectionString;
    }
}
