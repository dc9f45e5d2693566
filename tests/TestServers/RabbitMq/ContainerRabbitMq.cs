using DotNet.Testcontainers.Images;
using Testcontainers.RabbitMq;

namespace Orchestrator.TestServers.RabbitMq;

/// <summary>A broker in a container, from an image that is already on this machine.</summary>
internal static class ContainerRabbitMq
{
    private const int ManagementPort = 15672;

    public static async Task<IRabbitMqServer> StartAsync(string image)
    {
        var container = new RabbitMqBuilder(image)
            .WithImagePullPolicy(PullPolicy.Never)
            .WithUsername("guest")
            .WithPassword("guest")
            .WithPortBinding(ManagementPort, assignRandomHostPort: true)
            .Build();
        await container.StartAsync();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => container.DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(10));
        var management = new Uri($"http://{container.Hostname}:{container.GetMappedPublicPort(ManagementPort)}");
        return await GivenRabbitMq.ConnectAsync(new Uri(container.GetConnectionString()), management, $"container {image}");
    }
}
