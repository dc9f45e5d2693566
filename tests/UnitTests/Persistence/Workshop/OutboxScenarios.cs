using System.Diagnostics;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Orchestrator.Persistence.Outbox;

namespace Orchestrator.UnitTests.Persistence.Workshop;

/// <summary>What the outbox promises, on whatever database and transport the derived class brings.</summary>
public abstract class OutboxScenarios
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Jobs of the test of duplicates.</summary>
    protected abstract int Sagas { get; }

    /// <summary>Settings of a host on a database and a transport of the test's own.</summary>
    protected abstract Task<Dictionary<string, string?>> SettingsAsync();

    [Fact]
    public async Task Concurrent_copies_of_a_message_have_one_effect_in_two_services()
    {
        await using var host = await StartAsync();
        var sagas = Enumerable.Range(0, Sagas).Select(_ => Guid.NewGuid()).ToArray();
        var copies = sagas
            .SelectMany(saga => Enumerable.Range(1, 3).Select(number => (Message: new CountUp(saga, number), Id: Guid.NewGuid())))
            .SelectMany(message => Enumerable.Repeat(message, 6))
            .OrderBy(_ => Random.Shared.Next())
            .ToArray();

        await Parallel.ForEachAsync(copies, async (copy, _) => await host.SendAsync("counter", copy.Message, copy.Id));

        await UntilAsync(() => host.WithAsync<NotebookDbContext, bool>(async db => await db.Set<Note>().CountAsync() >= sagas.Length * 3));
        await UntilAsync(async () => await host.CountOutboxAsync<WorkshopDbContext>() == 0);
        var counters = await host.WithAsync<WorkshopDbContext, List<CounterState>>(db => db.Set<CounterState>().AsNoTracking().ToListAsync());
        counters.Should().HaveCount(sagas.Length).And.OnlyContain(counter => counter.Total == 3);
        counters.Should().OnlyContain(counter => counter.Seen.Split(';', StringSplitOptions.RemoveEmptyEntries).Order().SequenceEqual(new[] { "1", "2", "3" }));
        var notes = await host.WithAsync<NotebookDbContext, List<Note>>(db => db.Set<Note>().AsNoTracking().ToListAsync());
        notes.GroupBy(note => (note.Subject, note.Text)).Should().HaveCount(sagas.Length * 3).And.OnlyContain(copiesOfNote => copiesOfNote.Count() == 1);
    }

    [Fact]
    public async Task Failed_message_leaves_nothing_behind()
    {
        await using var host = await StartAsync();
        var (wrong, right) = (new WriteNote(Guid.NewGuid(), "wrong", Fail: true), new WriteNote(Guid.NewGuid(), "right"));

        await host.SendAsync("notes", wrong, Guid.NewGuid());
        await UntilAsync(() => Task.FromResult(host.Journal.Tries.ContainsKey(wrong.Id)));
        await host.SendAsync("notes", right, Guid.NewGuid());
        await UntilAsync(() => Task.FromResult(host.Journal.Written.ContainsKey(right.Id)));

        (await host.CountNotesAsync(wrong.Id)).Should().Be(0);
        host.Journal.Tries[wrong.Id].Should().Be(1);
        host.Journal.Written.Should().NotContainKey(wrong.Id);
        (await host.WithAsync<NotebookDbContext, int>(db => db.Set<InboxRow>().CountAsync())).Should().Be(1);
    }

    [Fact]
    public async Task Conflict_is_run_again_in_a_new_scope()
    {
        await using var host = await StartAsync();
        var message = new WriteNote(Guid.NewGuid(), "contended", ConflictsFirst: 3);

        await host.SendAsync("notes", message, Guid.NewGuid());
        await UntilAsync(() => Task.FromResult(host.Journal.Written.ContainsKey(message.Id)));

        host.Journal.Tries[message.Id].Should().Be(4);
        host.Journal.Written[message.Id].Should().Be(1);
        (await host.CountNotesAsync(message.Id)).Should().Be(1);
    }

    [Fact]
    public async Task What_was_committed_and_not_delivered_is_swept_by_the_next_process()
    {
        var settings = await SettingsAsync();
        settings["Database:OutboxLease"] = "00:00:01";
        settings["Database:OutboxSweep"] = "00:00:00.2";
        await using (var first = WorkshopHost.Build(settings))
        {
            await first.StartAsync();
            await first.StopAsync();
        }

        var message = new WriteNote(Guid.NewGuid(), "left behind");
        await using (var crashed = WorkshopHost.Build(settings))
        {
            await crashed.HandleAsync(async (_, outbox) =>
            {
                await outbox.Send("notes", message);
                await outbox.SaveChangesAsync();
            });
        }

        await using var next = WorkshopHost.Build(settings);
        await next.StartAsync();
        await UntilAsync(() => Task.FromResult(next.Journal.Written.ContainsKey(message.Id)));

        (await next.CountNotesAsync(message.Id)).Should().Be(1);
        await UntilAsync(async () => await next.CountOutboxAsync<NotebookDbContext>() == 0);
    }

    [Fact]
    public async Task Http_handler_commits_state_and_message_and_the_message_leaves_at_once()
    {
        // The sweep is out of the way, so only the signal can have delivered it.
        await using var host = await StartAsync(("Database:OutboxSweep", "00:01:00"));
        var message = new WriteNote(Guid.NewGuid(), "from the door");
        var row = Guid.NewGuid();
        using var traces = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "MassTransit" or "test",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(traces);
        using var source = new ActivitySource("test");
        string trace;
        using (var activity = source.StartActivity("request")!)
        {
            trace = activity.TraceId.ToString();
            await host.HandleAsync(async (db, outbox) =>
            {
                db.Add(new Note { Subject = row, Text = "row" });
                await outbox.Send("notes", message);
                await outbox.SaveChangesAsync();
            });
        }

        await UntilAsync(() => Task.FromResult(host.Journal.Written.ContainsKey(message.Id)));

        (await host.CountNotesAsync(row)).Should().Be(1);
        host.Journal.Traces[message.Id].Should().Be(trace, "the trace goes on over the outbox");
        await UntilAsync(async () => await host.CountOutboxAsync<NotebookDbContext>() == 0);
    }

    [Fact]
    public async Task Handler_that_fails_after_sending_sends_nothing()
    {
        await using var host = await StartAsync();
        var (lost, sent) = (new WriteNote(Guid.NewGuid(), "lost"), new WriteNote(Guid.NewGuid(), "sent"));

        await host.HandleAsync(async (_, outbox) => await outbox.Send("notes", lost));
        var failing = () => host.HandleAsync((db, outbox) => outbox.InTransactionAsync<bool>(async cancel =>
        {
            await outbox.Send("notes", lost, cancel);
            await db.SaveChangesAsync(cancel);
            throw new InvalidOperationException("after the rows were written");
        }));
        await failing.Should().ThrowAsync<InvalidOperationException>();
        await host.HandleAsync(async (_, outbox) =>
        {
            await outbox.Send("notes", sent);
            await outbox.SaveChangesAsync();
        });
        await UntilAsync(() => Task.FromResult(host.Journal.Written.ContainsKey(sent.Id)));

        host.Journal.Tries.Should().NotContainKey(lost.Id);
        (await host.WithAsync<NotebookDbContext, int>(db => db.Set<Note>().CountAsync())).Should().Be(1);
    }

    protected async Task<WorkshopHost> StartAsync(params (string Key, string Value)[] changes)
    {
        var settings = await SettingsAsync();
        foreach (var (key, value) in changes)
            settings[key] = value;
        var host = WorkshopHost.Build(settings);
        await host.StartAsync();
        return host;
    }

    protected static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed > Limit)
                throw new TimeoutException($"Not within {Limit}.");
            await Task.Delay(20);
        }
    }
}
