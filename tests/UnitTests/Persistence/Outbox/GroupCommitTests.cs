using System.Collections.Concurrent;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orchestrator.Persistence.Outbox;
using Orchestrator.UnitTests.Persistence.Workshop;

namespace Orchestrator.UnitTests.Persistence.Outbox;

public sealed class GroupCommitTests : IDisposable
{
    private readonly SqliteFolder _folder = new();
    private readonly Guid _subject = Guid.NewGuid();
    private readonly ConcurrentQueue<int> _groups = new();
    private readonly TaskCompletionSource _gathered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Those_that_come_while_one_is_under_way_share_the_next_transaction()
    {
        await using var host = await StartAsync();
        var group = Group(host, refused: null);

        var all = (await TogetherAsync(group)).Values;
        _gathered.SetResult();
        await Task.WhenAll(all);

        _groups.Should().Equal(1, 9);
        (await host.CountNotesAsync(_subject)).Should().Be(10);
    }

    [Fact]
    public async Task Of_a_group_only_the_message_that_fails_is_refused()
    {
        await using var host = await StartAsync();
        var group = Group(host, refused: 5);

        var all = await TogetherAsync(group);
        _gathered.SetResult();
        await Task.WhenAll(all.Values).ContinueWith(_ => { }, TaskScheduler.Default);

        all.Where(one => one.Value.IsFaulted).Select(one => one.Key).Should().Equal(5);
        var notes = await host.WithAsync<NotebookDbContext, List<long>>(db => db.Set<Note>().Where(note => note.Subject == _subject).Select(note => note.Key).ToListAsync());
        notes.Should().BeEquivalentTo([1L, 2, 3, 4, 6, 7, 8, 9, 10]);
    }

    [Fact]
    public async Task When_the_database_is_away_the_group_is_not_tried_one_by_one()
    {
        await using var host = await StartAsync();
        var group = Group(host, refused: null, failure: () => new NpgsqlException("The connection is gone.", new IOException()));

        var all = await TogetherAsync(group);
        _gathered.SetResult();
        await Task.WhenAll(all.Values).ContinueWith(_ => { }, TaskScheduler.Default);

        all.Values.Should().OnlyContain(one => one.IsFaulted);
        _groups.Should().Equal(1, 9);
    }

    [Fact]
    public async Task What_a_group_sends_leaves_with_its_commit()
    {
        await using var host = await StartAsync();
        var note = new WriteNote(Guid.NewGuid(), "by a group");
        var group = new GroupCommit<NotebookDbContext, WriteNote>(
            host.Services.GetRequiredService<IServiceScopeFactory>(),
            async (scope, notes, cancel) => await scope.GetRequiredService<MessageOutbox<NotebookDbContext>>().Send("notes", notes.Single(), cancel));

        await group.RunAsync(Guid.NewGuid(), note);

        await Eventually.IsTrueAsync(() => Task.FromResult(host.Journal.Written.ContainsKey(note.Id)));
    }

    [Fact]
    public async Task Copies_do_nothing_in_the_same_group_and_in_a_later_one()
    {
        await using var host = await StartAsync();
        var group = Group(host, refused: null);
        _gathered.SetResult();
        var (first, other) = (Guid.NewGuid(), Guid.NewGuid());

        await Task.WhenAll(group.RunAsync(first, 1), group.RunAsync(other, 2), group.RunAsync(other, 2), group.RunAsync(first, 1));
        await group.RunAsync(first, 1);

        (await host.CountNotesAsync(_subject)).Should().Be(2);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>One, and nine more while it is under way.</summary>
    private async Task<Dictionary<int, Task>> TogetherAsync(GroupCommit<NotebookDbContext, int> group)
    {
        var all = new Dictionary<int, Task> { [1] = group.RunAsync(Guid.NewGuid(), 1) };
        await Eventually.IsTrueAsync(() => Task.FromResult(_groups.Count == 1));
        foreach (var key in Enumerable.Range(2, 9))
            all[key] = group.RunAsync(Guid.NewGuid(), key);
        return all;
    }

    /// <summary>The first group holds the worker until all have come.</summary>
    private GroupCommit<NotebookDbContext, int> Group(WorkshopHost host, int? refused, Func<Exception>? failure = null) => new(
        host.Services.GetRequiredService<IServiceScopeFactory>(),
        async (scope, keys, _) =>
        {
            _groups.Enqueue(keys.Count);
            await _gathered.Task;
            if (failure is not null)
                throw failure();
            var db = scope.GetRequiredService<NotebookDbContext>();
            foreach (var key in keys)
                db.Add(new Note { Key = key, Subject = _subject });
            if (keys.Any(key => key == refused))
                throw new InvalidOperationException("Refused.");
        });

    private async Task<WorkshopHost> StartAsync()
    {
        var host = WorkshopHost.Build(_folder.Settings());
        await host.StartAsync();
        return host;
    }
}
