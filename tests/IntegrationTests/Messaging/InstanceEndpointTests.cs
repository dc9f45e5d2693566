using System.Collections.Concurrent;
using AwesomeAssertions;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Messaging.Instances;
using Orchestrator.TestServers;
using Orchestrator.TestServers.RabbitMq;

namespace Orchestrator.IntegrationTests.Messaging;

public sealed class InstanceEndpointTests
{
    [Fact]
    public async Task Every_process_hears_an_event_and_its_queue_goes_with_it()
    {
        var vhost = await (await RabbitMqServer.SharedAsync()).NewVhostAsync();
        await using var one = await MessagingHost.OnBrokerAsync(vhost, Listener);
        await using (var other = await MessagingHost.OnBrokerAsync(vhost, Listener))
        {
            await one.Bus.Publish(new Shout("hello"));

            await Eventually.IsTrueAsync(() => Task.FromResult(Heard(one).Contains("hello") && Heard(other).Contains("hello")), "both to hear");
            (await ShoutQueuesAsync(vhost)).Should().Be(2);
        }

        await Eventually.IsTrueAsync(async () => await ShoutQueuesAsync(vhost) == 1, "the queue of the process that ended to be gone");
    }

    [Fact]
    public async Task A_process_hears_again_after_its_connection_was_cut()
    {
        var vhost = await (await RabbitMqServer.SharedAsync()).NewVhostAsync();
        await using var host = await MessagingHost.OnBrokerAsync(vhost, Listener);

        var connection = await Eventually.GetAsync(
            async () => (await vhost.Management.GetAsync($"vhosts/{vhost.Name}/connections")).EnumerateArray().Select(c => c.GetProperty("name").GetString()).FirstOrDefault(),
            "the connection in the console");
        await vhost.Management.DeleteAsync($"connections/{Uri.EscapeDataString(connection)}");

        await Eventually.IsTrueAsync(
            async () =>
            {
                await host.Bus.Publish(new Shout("again"));
                return Heard(host).Contains("again");
            },
            "the event after the cut",
            TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task What_a_listener_cannot_handle_leaves_no_queue_behind()
    {
        var vhost = await (await RabbitMqServer.SharedAsync()).NewVhostAsync();
        await using var host = await MessagingHost.OnBrokerAsync(vhost, Listener);

        await host.Bus.Publish(new Shout("throw"));
        await host.Bus.Publish(new Shout("after"));

        await Eventually.IsTrueAsync(() => Task.FromResult(Heard(host).Contains("after")), "the event behind the bad one");
        (await ShoutQueuesAsync(vhost)).Should().Be(1);
    }

    private static ConcurrentQueue<string> Heard(MessagingHost host) => host.Services.GetRequiredService<Ears>().Heard;

    private static void Listener(IBusRegistrationConfigurator bus)
    {
        bus.AddSingleton<Ears>();
        bus.AddInstanceConsumer<ShoutConsumer>("shout");
    }

    private static async Task<int> ShoutQueuesAsync(RabbitMqVhost vhost) =>
        (await vhost.Management.GetAsync($"queues/{vhost.Name}?columns=name")).EnumerateArray()
            .Count(queue => queue.GetProperty("name").GetString()!.StartsWith("shout-", StringComparison.Ordinal));
}

public sealed record Shout(string Word);

internal sealed class Ears
{
    public ConcurrentQueue<string> Heard { get; } = new();
}

internal sealed class ShoutConsumer(Ears ears) : IConsumer<Shout>
{
    public Task Consume(ConsumeContext<Shout> context)
    {
        ears.Heard.Enqueue(context.Message.Word);
        return context.Message.Word == "throw" ? throw new InvalidOperationException("No.") : Task.CompletedTask;
    }
}
