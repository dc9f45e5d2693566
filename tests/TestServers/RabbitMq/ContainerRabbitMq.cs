using System.Globalization;
using DotNet.Testcontainers.Images;
using Orchestrator.TestServers.Processes;
using Testcontainers.RabbitMq;

namespace Orchestrator.TestServers.RabbitMq;

/// <summary>A broker in a container, from an image that is already on this machine. Its ports stay the same over restarts.</summary>
internal sealed class ContainerRabbitMq(RabbitMqContainer container, RabbitMqManagement management) : IOwnRabbitMq
{
    private const int AmqpPort = 5672;

    public string Version { get; private set; } = "";

    public static async Task<ContainerRabbitMq> StartAsync(string image)
    {
        var ports = FreePort.Find(2);
        var container = new RabbitMqBuilder(image)
            .WithLabel(ContainerLife.RunLabel, ContainerLife.Run)
            .WithImagePullPolicy(PullPolicy.Never)
            .WithUsername("guest")
            .WithPassword("guest")
            .WithPortBinding(ports[0].ToString(CultureInfo.InvariantCulture), "5672")
            .WithPortBinding(ports[1].ToString(CultureInfo.InvariantCulture), "15672")
            .Build();
        container.RemoveAtExit();
        await container.StartAsync();
        var management = new RabbitMqManagement(new Uri($"amqp://guest:guest@{container.Hostname}:{ports[0]}"), new Uri($"http://{container.Hostname}:{ports[1]}"));
        var server = new ContainerRabbitMq(container, management);
        await server.WaitAsync();
        server.Version = await management.VersionAsync();
        ServerSource.Note("rabbitmq", server.Version, $"container {image}");
        return server;
    }

    public Task<RabbitMqVhost> NewVhostAsync() => management.NewVhostAsync();

    public Task StopAsync() => container.StopAsync();

    public async Task RestartAsync()
    {
        await container.StopAsync();
        await container.StartAsync();
        await WaitAsync();
    }

    public Task BlockAsync() => WatermarkAsync("0");

    public Task UnblockAsync() => WatermarkAsync("0.4");

    public Task PauseAsync() => container.PauseAsync();

    public Task ResumeAsync() => container.UnpauseAsync();

    public async ValueTask DisposeAsync()
    {
        management.Dispose();
        await container.DisposeAsync();
    }

    private async Task WatermarkAsync(string share)
    {
        var result = await container.ExecAsync(["rabbitmqctl", "set_vm_memory_high_watermark", share]);
        if (result.ExitCode != 0)
            throw new InvalidOperationException(result.Stderr);
    }

    private Task WaitAsync() => Eventually.IsTrueAsync(
        async () =>
        {
            try
            {
                return await management.IsUpAsync(AmqpPort);
            }
            catch (HttpRequestException)
            {
                return false;
            }
        },
        "the broker in the container answers",
        TimeSpan.FromSeconds(90));
}
