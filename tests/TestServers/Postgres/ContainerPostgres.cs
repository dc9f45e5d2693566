using DotNet.Testcontainers.Images;
using Testcontainers.PostgreSql;

namespace Orchestrator.TestServers.Postgres;

/// <summary>A PostgreSQL in a container, from an image that is already on this machine.</summary>
internal static class ContainerPostgres
{
    public static async Task<IPostgresServer> StartAsync(string image)
    {
        var container = new PostgreSqlBuilder(image)
            .WithImagePullPolicy(PullPolicy.Never)
            .WithCommand("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=400")
            .Build();
        await container.StartAsync();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => container.DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(10));
        return await GivenPostgres.ConnectAsync(container.GetConnectionString(), $"container {image}");
    }
}
