using System.Text;
using AwesomeAssertions;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orchestrator.Messaging;
using Orchestrator.Messaging.Failures;
using Orchestrator.Messaging.Intake;
using Orchestrator.TestServers;
using Orchestrator.TestServers.RabbitMq;
using RabbitMQ.Client;

namespace Orchestrator.IntegrationTests.Messaging;

public sealed class FailedQueueTests
{
    private static readonly string[] Endpoints = [.. Queues.All.Where(queue => queue != Queues.GatewayIntake)];

    [Fact]
    public async Task Whatever_an_endpoint_cannot_handle_reaches_its_own_failed_queue()
    {
        var vhost = await (await RabbitMqServer.SharedAsync()).NewVhostAsync();
        await using var host = await MessagingHost.OnBrokerAsync(vhost, Everywhere);

        foreach (var queue in Endpoints)
        {
            await host.SendAsync(queue, new Break($"{queue} broke"));
            await host.SendAsync(queue, new Unheard());
            await PublishBytesAsync(vhost, queue, "not an envelope"u8.ToArray());
        }

        foreach (var queue in Endpoints)
        {
            var failed = new List<BasicGetResult>();
            while (failed.Count < 3)
                failed.Add(await vhost.TakeNextAsync(Queues.Failed(queue), TimeSpan.FromSeconds(40)));
            var broke = failed.Single(message => IntakeGateTests.Header(message, FailureHeaders.Reason) == $"{queue} broke");
            IntakeGateTests.Header(broke, FailureHeaders.Code).Should().Be("fault");
            IntakeGateTests.Header(broke, "MT-Fault-ExceptionType").Should().Contain(nameof(InvalidOperationException));
            IntakeGateTests.Header(broke, FailureHeaders.TraceId).Should().MatchRegex("^[0-9a-f]{32}$");
            var unreadable = failed.Single(message => IntakeGateTests.Header(message, FailureHeaders.Code) == "unreadable");
            Encoding.UTF8.GetString(unreadable.Body.Span).Should().Be("not an envelope");
            failed.Should().ContainSingle(message => IntakeGateTests.Header(message, FailureHeaders.Code) == "unknown");
        }

        var queues = await QueuesAsync(vhost);
        queues.Keys.Should().BeEquivalentTo([.. Queues.All, .. Queues.All.Select(Queues.Failed), Queues.FailedJobs, Queues.FailedIndex, Queues.Failed(Queues.FailedIndex)]);
    }

    [Fact]
    public async Task Every_durable_queue_is_a_quorum_queue_with_its_limit_and_route_said_out_loud()
    {
        var vhost = await (await RabbitMqServer.SharedAsync()).NewVhostAsync();
        await using var host = await MessagingHost.OnBrokerAsync(vhost, Everywhere);

        var queues = await QueuesAsync(vhost);

        foreach (var queue in Queues.All)
        {
            queues[queue].Should().BeEquivalentTo(new Dictionary<string, string>
            {
                ["x-queue-type"] = "quorum",
                ["x-delivery-limit"] = "20",
                ["x-dead-letter-exchange"] = $"{queue}.failed",
                ["x-dead-letter-strategy"] = "at-least-once",
                ["x-overflow"] = "reject-publish",
            });
            queues[$"{queue}.failed"].Should().BeEquivalentTo(new Dictionary<string, string>
            {
                ["x-queue-type"] = "quorum",
                ["x-delivery-limit"] = "2147483647",
            });
        }
    }

    [Fact]
    public async Task A_message_that_crashes_its_consumer_is_moved_by_the_broker_after_the_limit()
    {
        var vhost = await DeclaredAsync();
        await PublishBytesAsync(vhost, Queues.Pipeline, "boom"u8.ToArray());
        var deliveries = 0;

        await using (var connection = await vhost.ConnectAsync())
        await using (var channel = await connection.CreateChannelAsync())
        {
            while (await vhost.ReadyAsync("pipeline.failed") == 0)
            {
                if (await channel.BasicGetAsync(Queues.Pipeline, autoAck: false) is not { } taken)
                    continue;
                deliveries++;
                await channel.BasicNackAsync(taken.DeliveryTag, multiple: false, requeue: true);
            }
        }

        deliveries.Should().Be(21, "the limit counts returns, so there is one delivery more");
        var failed = await vhost.TakeNextAsync("pipeline.failed");
        var death = (IDictionary<string, object?>)((IList<object?>)failed.BasicProperties.Headers!["x-death"]!)[0]!;
        Encoding.UTF8.GetString((byte[])death["reason"]!).Should().Be("delivery_limit");
    }

    [Fact]
    public async Task A_failed_message_may_be_looked_at_and_put_back_more_often_than_any_limit()
    {
        var vhost = await DeclaredAsync();
        await PublishBytesAsync(vhost, Queues.Failed(Queues.Budget), "look"u8.ToArray());

        await using (var connection = await vhost.ConnectAsync())
        await using (var channel = await connection.CreateChannelAsync())
        {
            for (var look = 0; look < 30; look++)
            {
                var taken = await Eventually.GetAsync(() => channel.BasicGetAsync("budget.failed", autoAck: false), "the message");
                await channel.BasicNackAsync(taken.DeliveryTag, multiple: false, requeue: true);
            }
        }

        (await vhost.TakeNextAsync("budget.failed")).Body.ToArray().Should().Equal("look"u8.ToArray());
    }

    [Fact]
    public async Task A_pass_goes_on_behind_what_one_consumer_may_hold_and_puts_all_others_back_in_their_order()
    {
        var vhost = await (await RabbitMqServer.SharedAsync()).NewVhostAsync();
        await using var host = await MessagingHost.OnBrokerAsync(vhost, On<OnEvents>);
        var bodies = Enumerable.Range(0, 30).Select(number => $"number {number}").ToList();
        string[] meant = ["number 1", "number 2", "number 9", "number 17", "number 29"];
        foreach (var body in bodies)
            await PublishBytesAsync(vhost, Queues.Failed(Queues.Budget), Encoding.UTF8.GetBytes(body));

        FailedPass pass;
        await using (var session = await ActivatorUtilities.CreateInstance<BrokerFailedQueues>(host.Services, (ushort)4).OpenAsync(CancellationToken.None))
            pass = await session.RemoveAsync(Queues.Budget, [.. meant.Append("nobody's").Select(FingerprintOf)], (_, _, _) => Task.CompletedTask, CancellationToken.None);

        pass.Removed.Should().Equal(meant.Select(FingerprintOf));
        pass.IsWhole.Should().BeTrue();
        foreach (var body in bodies.Except(meant))
            Encoding.UTF8.GetString((await vhost.TakeNextAsync("budget.failed")).Body.Span).Should().Be(body);
        (await vhost.ReadyAsync("budget.failed")).Should().Be(0);

        static string FingerprintOf(string body) => FailedMessage.FingerprintOf(MessageProperties.Of(new BasicProperties()), Encoding.UTF8.GetBytes(body));
    }

    [Fact]
    public async Task A_missing_failed_queue_neither_loops_nor_loses_the_message()
    {
        var vhost = await (await RabbitMqServer.SharedAsync()).NewVhostAsync();
        await using var host = await MessagingHost.OnBrokerAsync(vhost, Everywhere);
        await vhost.Management.DeleteAsync($"queues/{vhost.Name}/budget.failed");

        await host.SendAsync(Queues.Budget, new Break("budget broke"));

        var failed = await Eventually.GetAsync(async () => await TryTakeAsync(vhost, "budget.failed"), "the failed queue to be back with the message", TimeSpan.FromSeconds(60));
        IntakeGateTests.Header(failed, FailureHeaders.Reason).Should().Be("budget broke");
        host.Services.GetRequiredService<Breakages>().Count.Should().BeLessThanOrEqualTo(21);
    }

    [Fact]
    public async Task A_message_to_a_service_that_has_never_run_waits_for_it()
    {
        var vhost = await (await RabbitMqServer.SharedAsync()).NewVhostAsync();
        await using (var early = await MessagingHost.OnBrokerAsync(vhost, On<OnEvents>))
            await early.SendAsync(Queues.Pipeline, new Break("late"));

        await using var late = await MessagingHost.OnBrokerAsync(vhost, On<OnPipeline>);

        IntakeGateTests.Header(await vhost.TakeNextAsync("pipeline.failed"), FailureHeaders.Reason).Should().Be("late");
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Consumers_are_back_after_several_restarts_of_the_broker()
    {
        await using var broker = await RabbitMqServer.StartOwnAsync();
        var vhost = await broker.NewVhostAsync();
        await using var host = await MessagingHost.OnBrokerAsync(vhost, Everywhere);

        for (var restart = 1; restart <= 3; restart++)
        {
            await broker.RestartAsync();
            await host.SendAsync(Queues.Budget, new Break($"restart {restart}"));

            var failed = await Eventually.GetAsync(async () => await TryTakeAsync(vhost, "budget.failed"), $"a message after restart {restart}", TimeSpan.FromSeconds(60));
            IntakeGateTests.Header(failed, FailureHeaders.Reason).Should().Be($"restart {restart}");
        }
    }

    /// <summary>A consumer on each queue, the way the services have them: runners behind gates, the others plain.</summary>
    private static void Everywhere(IBusRegistrationConfigurator bus)
    {
        On<OnEvents>(bus);
        On<OnPipeline>(bus);
        On<OnBudget>(bus);
        On<OnScheduler>(bus);
        bus.AddGatedEndpoint<BreakConsumer<OnRunners>>(Queues.PlannerRunner);
        bus.AddGatedEndpoint<BreakConsumer<OnRunners>>(Queues.ImplementerRunner);
        bus.AddGatedEndpoint<BreakConsumer<OnRunners>>(Queues.ReviewerRunner);
    }

    private static void On<TQueue>(IBusRegistrationConfigurator bus)
        where TQueue : IQueue
    {
        bus.TryAddSingleton<Breakages>();
        bus.AddConsumer<BreakConsumer<TQueue>>().Endpoint(endpoint => endpoint.Name = TQueue.Name);
    }

    private static async Task<RabbitMqVhost> DeclaredAsync()
    {
        var vhost = await (await RabbitMqServer.SharedAsync()).NewVhostAsync();
        await using var host = await MessagingHost.OnBrokerAsync(vhost, On<OnEvents>);
        return vhost;
    }

    private static async Task PublishBytesAsync(RabbitMqVhost vhost, string queue, byte[] body)
    {
        await using var connection = await vhost.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.BasicPublishAsync("", queue, mandatory: true, new BasicProperties(), body);
    }

    private static async Task<BasicGetResult?> TryTakeAsync(RabbitMqVhost vhost, string queue)
    {
        try
        {
            return await vhost.TakeAsync(queue);
        }
        catch (Exception e) when (e is RabbitMQ.Client.Exceptions.OperationInterruptedException or RabbitMQ.Client.Exceptions.BrokerUnreachableException)
        {
            return null;
        }
    }

    private static async Task<Dictionary<string, Dictionary<string, string>>> QueuesAsync(RabbitMqVhost vhost) =>
        (await vhost.Management.GetAsync($"queues/{vhost.Name}?columns=name,arguments")).EnumerateArray().ToDictionary(
            queue => queue.GetProperty("name").GetString()!,
            queue => queue.GetProperty("arguments").EnumerateObject().ToDictionary(argument => argument.Name, argument => argument.Value.ToString()));
}

public sealed record Break(string Reason);

internal sealed class Breakages
{
    private int _count;

    public int Count => _count;

    public void Add() => Interlocked.Increment(ref _count);
}

internal interface IQueue
{
    static abstract string Name { get; }
}

internal sealed class OnEvents : IQueue
{
    public static string Name => Queues.GatewayEvents;
}

internal sealed class OnPipeline : IQueue
{
    public static string Name => Queues.Pipeline;
}

internal sealed class OnBudget : IQueue
{
    public static string Name => Queues.Budget;
}

internal sealed class OnScheduler : IQueue
{
    public static string Name => Queues.Scheduler;
}

internal sealed class OnRunners;

/// <summary>A consumer type can serve one queue only, unless it is behind a gate.</summary>
internal sealed class BreakConsumer<TQueue>(Breakages breakages) : IConsumer<Break>
{
    public Task Consume(ConsumeContext<Break> context)
    {
        breakages.Add();
        throw new InvalidOperationException(context.Message.Reason);
    }
}
