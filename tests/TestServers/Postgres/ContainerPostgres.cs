using System.Globalization;
using DotNet.Testcontainers.Images;
using Npgsql;
using Orchestrator.TestServers.Processes;
using Testcontainers.PostgreSql;

namespace Orchestrator.TestServers.Postgres;

/// <summary>A PostgreSQL in a container, from an image that is already on this machine. Its port stays the same over restarts.</summary>
internal sealed class ContainerPostgres(PostgreSqlContainer container, string address) : IOwnPostgres
{
    public string Version { get; private set; } = "";

    public static async Task<ContainerPostgres> StartAsync(string image, bool durable)
    {
        var port = FreePort.Find(1)[0].ToString(CultureInfo.InvariantCulture);
        var flush = durable ? "on" : "off";
        var container = new PostgreSqlBuilder(image)
            .WithLabel(ContainerLife.RunLabel, ContainerLife.Run)
            .WithImagePullPolicy(PullPolicy.Never)
            .WithPortBinding(port, "5432")
            .WithCommand("-c", $"fsync={flush}", "-c", $"synchronous_commit={flush}", "-c", $"full_page_writes={flush}", "-c", "max_connections=400")
            .Build();
        container.RemoveAtExit();
        await container.StartAsync();
        var server = new ContainerPostgres(container, new NpgsqlConnectionStringBuilder(container.GetConnectionString()) { Port = int.Parse(port, CultureInfo.InvariantCulture) }.ConnectionString);
        server.Version = await server.VersionAsync();
        ServerSource.Note("postgres", server.Version, $"container {image}");
        return server;
    }

    public Task<string> NewDatabaseAsync() => GivenPostgres.CreateAsync(address);

    public Task StopAsync() => container.StopAsync();

    public async Task RestartAsync()
    {
        await container.StopAsync();
        await container.StartAsync();
        await Eventually.IsTrueAsync(
            async () =>
            {
                try
                {
                    return await VersionAsync() == Version;
                }
                catch (NpgsqlException)
                {
                    return false;
                }
            },
            "the database in the container answers",
            TimeSpan.FromSeconds(60));
    }

    public ValueTask DisposeAsync() => container.DisposeAsync();

    private async Task<string> VersionAsync()
    {
        await using var connection = new NpgsqlConnection(address + ";Pooling=false;Timeout=2");
        await connection.OpenAsync();
        return connection.PostgreSqlVersion.ToString();
    }
}
