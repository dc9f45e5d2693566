using System.Collections.Concurrent;
using AwesomeAssertions;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Messaging;
using Orchestrator.Scheduler;
using Orchestrator.TestServers;
using Orchestrator.TestServers.Postgres;
using Orchestrator.TestServers.RabbitMq;

namespace Orchestrator.IntegrationTests.Messaging;

public sealed class TimerTests
{
    [Fact]
    public async Task A_delayed_message_that_comes_due_while_the_scheduler_is_away_is_sent_once_when_it_is_back()
    {
        var settings = await SettingsAsync();
        await using var listener = await ListenAsync(settings);
        await using (await SchedulerAsync(settings))
        {
            await DelayAsync(listener, TimeSpan.FromHours(1), 1);
            await Eventually.IsTrueAsync(() => HasTimersAsync(settings, 1), "the timer to be stored");
        }

        var bells = listener.Services.GetRequiredService<Bells>();
        bells.Heard.Should().BeEmpty();
        await QueryAsync(settings, $"update scheduler.qrtz_triggers set next_fire_time = {JustNow()}");
        await using var again = await SchedulerAsync(settings);

        await Eventually.IsTrueAsync(() => Task.FromResult(!bells.Heard.IsEmpty), "the message", TimeSpan.FromSeconds(60));
        await Eventually.IsTrueAsync(() => HasTimersAsync(settings, 0), "the timer to be gone");
        bells.Heard.Should().ContainSingle().Which.Number.Should().Be(1);
    }

    [Fact]
    public async Task A_message_bears_its_token_and_a_cancelled_one_never_comes()
    {
        var settings = await SettingsAsync();
        await using var listener = await ListenAsync(settings);
        await using var scheduler = await SchedulerAsync(settings);

        var cancelled = await DelayAsync(listener, TimeSpan.FromMinutes(2), 1);
        var kept = await DelayAsync(listener, TimeSpan.FromSeconds(2), 2);
        await Eventually.IsTrueAsync(() => HasTimersAsync(settings, 2), "both timers to be stored");
        await using (var scope = listener.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<IMessageScheduler>().CancelScheduledSend(cancelled);

        await Eventually.IsTrueAsync(() => HasTimersAsync(settings, 0), "no timer to be left", TimeSpan.FromSeconds(60));
        var bells = listener.Services.GetRequiredService<Bells>();
        await Eventually.IsTrueAsync(() => Task.FromResult(!bells.Heard.IsEmpty), "the message");
        bells.Heard.Should().ContainSingle().Which.Should().Be(new Heard(2, kept.TokenId, kept.TokenId));
    }

    [Fact]
    public async Task Two_scheduler_processes_send_each_message_once()
    {
        var settings = await SettingsAsync();
        await using var listener = await ListenAsync(settings);
        await using var one = await SchedulerAsync(settings);
        await using var other = await SchedulerAsync(settings);

        for (var number = 1; number <= 40; number++)
            await DelayAsync(listener, TimeSpan.FromSeconds(1), number);

        var bells = listener.Services.GetRequiredService<Bells>();
        await Eventually.IsTrueAsync(() => Task.FromResult(bells.Heard.Count >= 40), "all messages", TimeSpan.FromSeconds(60));
        await Eventually.IsTrueAsync(() => HasTimersAsync(settings, 0), "no timer to be left");
        bells.Heard.Select(heard => heard.Number).Order().Should().Equal(Enumerable.Range(1, 40));
    }

    [Fact]
    public async Task In_one_process_with_SQLite_timers_survive_a_restart_too()
    {
        var folder = Directory.CreateTempSubdirectory("orch-timers-");
        Dictionary<string, string?> settings = new()
        {
            ["Messaging:Transport"] = "in-memory",
            ["Database:Provider"] = "sqlite",
            ["Database:Folder"] = folder.FullName,
        };
        await using (var first = await DevAsync(settings))
        {
            await DelayAsync(first, TimeSpan.FromHours(1), 1);
            await Eventually.IsTrueAsync(async () => await SqliteAsync(folder.FullName, "select count(*) from qrtz_triggers") is 1L, "the timer to be stored");
        }

        await SqliteAsync(folder.FullName, $"update qrtz_triggers set next_fire_time = {JustNow()}");
        await using var second = await DevAsync(settings);
        var bells = second.Services.GetRequiredService<Bells>();

        await Eventually.IsTrueAsync(() => Task.FromResult(!bells.Heard.IsEmpty), "the message", TimeSpan.FromSeconds(60));
        bells.Heard.Should().ContainSingle().Which.Number.Should().Be(1);
    }

    private static async Task<Dictionary<string, string?>> SettingsAsync() => new()
    {
        ["ConnectionStrings:RabbitMq"] = (await (await RabbitMqServer.SharedAsync()).NewVhostAsync()).Amqp.ToString(),
        ["ConnectionStrings:Postgres"] = await (await PostgresServer.SharedAsync()).NewDatabaseAsync(),
    };

    private static Task<MessagingHost> SchedulerAsync(Dictionary<string, string?> settings) =>
        MessagingHost.StartAsync(settings, bus => bus.AddSchedulerConsumers(), builder => builder.AddScheduler());

    private static Task<MessagingHost> ListenAsync(Dictionary<string, string?> settings) => MessagingHost.StartAsync(settings, Listener);

    private static Task<MessagingHost> DevAsync(Dictionary<string, string?> settings) => MessagingHost.StartAsync(
        settings,
        bus =>
        {
            Listener(bus);
            bus.AddSchedulerConsumers();
        },
        builder => builder.AddScheduler());

    private static void Listener(IBusRegistrationConfigurator bus)
    {
        bus.AddSingleton<Bells>();
        bus.AddConsumer<RingConsumer>().Endpoint(endpoint => endpoint.Name = Queues.Budget);
    }

    private static async Task<ScheduledMessage<Ring>> DelayAsync(MessagingHost host, TimeSpan delay, int number)
    {
        await using var scope = host.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IMessageScheduler>()
            .ScheduleSend(Queues.Address(Queues.Budget), delay, new Ring(number));
    }

    private static async Task<bool> HasTimersAsync(Dictionary<string, string?> settings, long count) =>
        await QueryAsync(settings, "select count(*) from scheduler.qrtz_triggers") is long found && found == count;

    /// <summary>In Quartz's ticks: what was due in an hour has come due while nobody was there.</summary>
    private static long JustNow() => TimeProvider.System.GetUtcNow().AddSeconds(-1).UtcTicks;

    private static async Task<object?> QueryAsync(Dictionary<string, string?> settings, string sql)
    {
        await using var connection = new Npgsql.NpgsqlConnection(settings["ConnectionStrings:Postgres"]);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync();
    }

    private static async Task<object?> SqliteAsync(string folder, string sql)
    {
        await using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(folder, "scheduler.db")}");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync();
    }
}

public sealed record Ring(int Number);

internal sealed record Heard(int Number, Guid? MessageId, Guid? Token);

internal sealed class Bells
{
    public ConcurrentQueue<Heard> Heard { get; } = new();
}

internal sealed class RingConsumer(Bells bells) : IConsumer<Ring>
{
    public Task Consume(ConsumeContext<Ring> context)
    {
        bells.Heard.Enqueue(new Heard(context.Message.Number, context.MessageId, context.GetSchedulingTokenId()));
        return Task.CompletedTask;
    }
}
