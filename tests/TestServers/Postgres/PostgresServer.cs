namespace Orchestrator.TestServers.Postgres;

/// <summary>The PostgreSQL of this test process: started once, when first asked for, gone when the process is. It does not flush to disk.</summary>
public static class PostgresServer
{
    private const string Image = "postgres:17";

    private static readonly Lazy<Task<IPostgresServer>> Instance = new(StartAsync);

    /// <summary>The shared server.</summary>
    public static Task<IPostgresServer> SharedAsync() => Instance.Value;

    /// <summary>A server of the test's own, to be stopped; durable when the test says so.</summary>
    public static async Task<IOwnPostgres> StartOwnAsync(bool durable = false) =>
        await ServerSource.ContainerAsync(Image) ? await ContainerPostgres.StartAsync(Image, durable) : await DebianPostgres.StartAsync(durable);

    private static async Task<IPostgresServer> StartAsync()
    {
        if (ServerSource.Address("ORCH_TEST_POSTGRES") is { } address)
            return await GivenPostgres.ConnectAsync(address, "ORCH_TEST_POSTGRES");
        return await StartOwnAsync();
    }
}
