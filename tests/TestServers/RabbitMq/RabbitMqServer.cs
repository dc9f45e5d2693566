namespace Orchestrator.TestServers.RabbitMq;

/// <summary>The broker of this test process: started once, when first asked for, gone when the process is.</summary>
public static class RabbitMqServer
{
    private const string Image = "rabbitmq:4-management";

    private static readonly Lazy<Task<IRabbitMqServer>> Instance = new(StartAsync);

    /// <summary>The shared broker.</summary>
    public static Task<IRabbitMqServer> SharedAsync() => Instance.Value;

    /// <summary>A broker of the test's own, to be stopped.</summary>
    public static async Task<IOwnRabbitMq> StartOwnAsync() =>
        await ServerSource.ContainerAsync(Image) ? await ContainerRabbitMq.StartAsync(Image) : await DebianRabbitMq.StartAsync();

    private static async Task<IRabbitMqServer> StartAsync()
    {
        if (ServerSource.Address("ORCH_TEST_RABBITMQ") is { } address)
        {
            var management = ServerSource.Address("ORCH_TEST_RABBITMQ_MANAGEMENT") ?? $"http://{new Uri(address).Host}:15672";
            return await GivenRabbitMq.ConnectAsync(new Uri(address), new Uri(management), "ORCH_TEST_RABBITMQ");
        }

        return await StartOwnAsync();
    }
}
