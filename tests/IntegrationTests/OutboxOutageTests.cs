using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Orchestrator.IntegrationTests.Fixtures;
using Orchestrator.Persistence;
using Orchestrator.Persistence.Outbox;
using Orchestrator.TestServers;
using Orchestrator.TestServers.RabbitMq;
using Orchestrator.UnitTests.Persistence.Workshop;

namespace Orchestrator.IntegrationTests;

/// <summary>What the outbox does while something is away, and what it forgets.</summary>
public sealed class OutboxOutageTests
{
    [Fact]
    [Trait("Category", "Long")]
    public async Task What_is_accepted_while_the_broker_is_down_arrives_when_it_is_back()
    {
        await using var broker = await RabbitMqServer.StartOwnAsync();
        var settings = await SettingsAsync((await broker.NewVhostAsync()).Amqp);
        settings["Database:OutboxLease"] = "00:00:02";
        await using var host = WorkshopHost.Build(settings);
        await host.StartAsync();
        await broker.StopAsync();

        var messages = Enumerable.Range(0, 20).Select(number => new WriteNote(Guid.NewGuid(), $"{number}")).ToArray();
        foreach (var message in messages)
        {
            await host.HandleAsync(async (_, outbox) =>
            {
                await outbox.Send("notes", message);
                await outbox.SaveChangesAsync();
            });
        }

        var waiting = await host.CountOutboxAsync<NotebookDbContext>();
        await broker.RestartAsync();

        waiting.Should().Be(20);
        await Eventually.IsTrueAsync(
            () => Task.FromResult(messages.All(message => host.Journal.Written.ContainsKey(message.Id))), "every message has arrived", TimeSpan.FromSeconds(90));
        (await host.WithAsync<NotebookDbContext, int>(db => db.Set<Note>().CountAsync())).Should().Be(20);
    }

    [Fact]
    public async Task Ids_of_handled_messages_are_kept_for_a_day_and_then_forgotten()
    {
        var settings = await SettingsAsync((await (await RabbitMqServer.SharedAsync()).NewVhostAsync()).Amqp);
        var (old, young) = (Guid.NewGuid(), Guid.NewGuid());
        await HandleAsync(settings, old, TimeSpan.Zero);
        await HandleAsync(settings, young, TimeSpan.FromHours(2));

        await using var host = WorkshopHost.Build(settings);
        await host.StartAsync();
        await host.Services.MoveClockAsync(TimeSpan.FromHours(25));
        await host.StopAsync();
        await using var next = WorkshopHost.Build(settings);
        await next.StartAsync();

        await Eventually.IsTrueAsync(async () => !(await InboxAsync(next)).Contains(old), "the old id is forgotten");
        (await InboxAsync(next)).Should().Equal(young);
    }

    private static async Task HandleAsync(Dictionary<string, string?> settings, Guid messageId, TimeSpan clock)
    {
        await using var host = WorkshopHost.Build(settings);
        await host.StartAsync();
        await host.Services.MoveClockAsync(clock);
        await host.SendAsync("notes", new WriteNote(messageId, "note"), messageId);
        await Eventually.IsTrueAsync(() => Task.FromResult(host.Journal.Written.ContainsKey(messageId)), "the message is handled");
        await host.StopAsync();
    }

    private static Task<List<Guid>> InboxAsync(WorkshopHost host) =>
        host.WithAsync<NotebookDbContext, List<Guid>>(db => db.Set<InboxRow>().Select(row => row.MessageId).ToListAsync());

    private static async Task<Dictionary<string, string?>> SettingsAsync(Uri broker) => new()
    {
        ["ConnectionStrings:Postgres"] = await WorkshopDatabase.CreateAsync(),
        ["ConnectionStrings:RabbitMq"] = broker.ToString(),
    };
}
