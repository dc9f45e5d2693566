using System.Collections.Concurrent;
using AwesomeAssertions;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Messaging;
using Orchestrator.Messaging.Intake;
using Orchestrator.TestServers;
using Orchestrator.TestServers.RabbitMq;

namespace Orchestrator.IntegrationTests.Messaging;

public sealed class IntakeGateTests
{
    [Fact]
    public async Task A_full_runner_holds_no_delivery_and_the_rest_waits_in_the_queue()
    {
        var vhost = await (await RabbitMqServer.SharedAsync()).NewVhostAsync();
        await using var host = await MessagingHost.OnBrokerAsync(vhost, Runner);
        var work = host.Services.GetRequiredService<Work>();
        work.Slots = 2;

        foreach (var number in Enumerable.Range(1, 5))
            await host.SendAsync(Queues.PlannerRunner, new DoWork(number));
        await Eventually.IsTrueAsync(async () => await vhost.ReadyAsync(Queues.PlannerRunner) == 3, "three messages that wait");

        work.Taken.Should().Equal(1, 2);
        await Eventually.IsTrueAsync(
            async () => await vhost.NumbersAsync(Queues.PlannerRunner) is { Ready: 3, Unacknowledged: 0, Consumers: 0 },
            "the console to show three waiting messages, none held and no consumer");
    }

    [Fact]
    public async Task A_freed_slot_takes_the_next_message_first_delivery_every_time()
    {
        var vhost = await (await RabbitMqServer.SharedAsync()).NewVhostAsync();
        await using var host = await MessagingHost.OnBrokerAsync(vhost, Runner);
        var work = host.Services.GetRequiredService<Work>();
        var gate = host.Services.GetRequiredService<IIntakeGates>().For(Queues.PlannerRunner);
        work.Slots = 1;

        foreach (var number in Enumerable.Range(1, 60))
            await host.SendAsync(Queues.PlannerRunner, new DoWork(number));
        for (var done = 1; done <= 60; done++)
        {
            await Eventually.IsTrueAsync(() => Task.FromResult(work.Taken.Count == done), $"message {done}");
            work.Slots++;
            await gate.UpdateAsync(() => work.HasRoom);
        }

        work.Taken.Should().Equal(Enumerable.Range(1, 60));
        work.Redelivered.Should().Be(0, "a message that was pushed and given back counts against the delivery limit");
    }

    [Fact]
    public async Task A_bad_message_behind_a_gate_reaches_its_failed_queue()
    {
        var vhost = await (await RabbitMqServer.SharedAsync()).NewVhostAsync();
        await using var host = await MessagingHost.OnBrokerAsync(vhost, Runner);

        await host.SendAsync(Queues.PlannerRunner, new DoWork(-1));

        var failed = await vhost.TakeNextAsync("planner-runner.failed");
        Header(failed, "orchestrator-reason").Should().Be("-1 is no work.");
        Header(failed, "MT-Fault-ExceptionType").Should().Be(typeof(InvalidOperationException).FullName);
    }

    [Fact]
    public async Task A_failure_that_passes_is_waited_out_behind_a_gate_too()
    {
        var vhost = await (await RabbitMqServer.SharedAsync()).NewVhostAsync();
        await using var host = await MessagingHost.OnBrokerAsync(vhost, Runner);
        var work = host.Services.GetRequiredService<Work>();
        work.Outages = 3;

        await host.SendAsync(Queues.PlannerRunner, new DoWork(1));

        await Eventually.IsTrueAsync(() => Task.FromResult(work.Taken.Count == 1), "the message is taken once its database is back");
        (await vhost.ReadyAsync(Queues.Failed(Queues.PlannerRunner))).Should().Be(0);
    }

    [Fact]
    public async Task An_outage_that_lasts_sends_what_is_behind_a_gate_to_the_scheduler()
    {
        var vhost = await (await RabbitMqServer.SharedAsync()).NewVhostAsync();
        await using var host = await MessagingHost.OnBrokerAsync(vhost, Runner);
        host.Services.GetRequiredService<Work>().Outages = int.MaxValue;

        await host.SendAsync(Queues.PlannerRunner, new DoWork(1));

        var later = System.Text.Encoding.UTF8.GetString((await vhost.TakeNextAsync(Queues.Scheduler, TimeSpan.FromMinutes(1))).Body.Span);
        later.Should().Contain("scheduledTime").And.Contain(Queues.PlannerRunner);
        (await vhost.ReadyAsync(Queues.Failed(Queues.PlannerRunner))).Should().Be(0);
    }

    [Fact]
    public async Task A_gate_in_memory_holds_the_rest_until_it_opens()
    {
        await using var host = await MessagingHost.InMemoryAsync(Runner);
        var work = host.Services.GetRequiredService<Work>();
        work.Slots = 1;

        foreach (var number in Enumerable.Range(1, 3))
            await host.SendAsync(Queues.PlannerRunner, new DoWork(number));
        await Eventually.IsTrueAsync(() => Task.FromResult(work.Taken.Count == 1), "the first message");
        work.Slots = 3;
        await host.Services.GetRequiredService<IIntakeGates>().For(Queues.PlannerRunner).ResumeAsync();

        await Eventually.IsTrueAsync(() => Task.FromResult(work.Taken.Count == 3), "the others");
        work.Taken.Should().Equal(1, 2, 3);
    }

    [Fact]
    public async Task One_consumer_serves_the_queues_of_all_roles_each_with_its_gate()
    {
        await using var host = await MessagingHost.InMemoryAsync(bus =>
        {
            Runner(bus);
            bus.AddGatedEndpoint<DoWorkConsumer>(Queues.ReviewerRunner);
        });
        var work = host.Services.GetRequiredService<Work>();
        work.Slots = 10;

        await host.Services.GetRequiredService<IIntakeGates>().For(Queues.PlannerRunner).PauseAsync();
        await host.SendAsync(Queues.PlannerRunner, new DoWork(1));
        await host.SendAsync(Queues.ReviewerRunner, new DoWork(2));

        await Eventually.IsTrueAsync(() => Task.FromResult(work.Taken.Contains(2)), "the reviewer's message");
        work.Taken.Should().Equal(2);
    }

    internal static string? Header(RabbitMQ.Client.BasicGetResult message, string name) =>
        message.BasicProperties.Headers!.TryGetValue(name, out var value) && value is byte[] bytes ? System.Text.Encoding.UTF8.GetString(bytes) : value?.ToString();

    private static void Runner(IBusRegistrationConfigurator bus)
    {
        bus.AddSingleton<Work>();
        bus.AddGatedEndpoint<DoWorkConsumer>(Queues.PlannerRunner);
    }
}

public sealed record DoWork(int Number);

internal sealed class Work
{
    private int _redelivered;

    public ConcurrentQueue<int> Taken { get; } = new();

    public int Slots { get; set; } = int.MaxValue;

    /// <summary>Tries that fail for want of a database.</summary>
    public int Outages { get; set; }

    public bool HasRoom => Taken.Count < Slots;

    public int Redelivered => _redelivered;

    public void CountRedelivery() => Interlocked.Increment(ref _redelivered);
}

internal sealed class DoWorkConsumer(Work work, IIntakeGates gates) : IConsumer<DoWork>
{
    public async Task Consume(ConsumeContext<DoWork> context)
    {
        if (context.Message.Number < 0)
            throw new InvalidOperationException($"{context.Message.Number} is no work.");
        if (work.Outages-- > 0)
            throw new Npgsql.PostgresException("the database system is shutting down", "FATAL", "FATAL", Npgsql.PostgresErrorCodes.CannotConnectNow);
        if (context.ReceiveContext.Redelivered)
            work.CountRedelivery();
        work.Taken.Enqueue(context.Message.Number);
        var queue = context.ReceiveContext.InputAddress.Segments[^1];
        await gates.For(queue).UpdateAsync(() => work.HasRoom);
    }
}
