using AwesomeAssertions;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Persistence.Sagas;
using Orchestrator.UnitTests.Persistence.Workshop;

namespace Orchestrator.UnitTests.Persistence.Sagas;

/// <summary>The first message holds its transaction until all others have come; SQLite has one writer, so they wait.</summary>
public sealed class SagaGroupsTests : IDisposable
{
    private readonly SqliteFolder _folder = new();
    private readonly TaskCompletionSource _gathered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Guid _saga = Guid.NewGuid();

    [Fact]
    public async Task Messages_of_one_saga_in_one_transaction_see_what_the_earlier_ones_made_of_it()
    {
        await using var host = await StartAsync();
        var groups = host.Services.GetRequiredService<SagaGroups<CounterState, WorkshopDbContext>>();
        var shared = 0;

        await TogetherAsync(groups, async (group, number) =>
        {
            shared += group.Company.IsShared ? 1 : 0;
            await CountAsync(group, number);
        });

        (await ReadAsync(host)).Total.Should().Be(20);
        shared.Should().BeGreaterThan(10, "at most four transactions are under way at a time, and the others wait together");
    }

    [Fact]
    public async Task A_message_that_must_not_wait_in_company_is_handled_alone_and_the_others_with_it()
    {
        await using var host = await StartAsync();
        var groups = host.Services.GetRequiredService<SagaGroups<CounterState, WorkshopDbContext>>();

        await TogetherAsync(groups, async (group, number) =>
        {
            await CountAsync(group, number);
            if (number == 15 && group.Company.IsShared)
                throw new NotInCompanyException("Somebody else holds it.");
        });

        (await ReadAsync(host)).Seen.Split(';', StringSplitOptions.RemoveEmptyEntries).Should().OnlyHaveUniqueItems().And.HaveCount(20);
    }

    [Fact]
    public async Task A_message_keeps_the_flow_that_it_came_with()
    {
        await using var host = await StartAsync();
        var groups = host.Services.GetRequiredService<SagaGroups<CounterState, WorkshopDbContext>>();
        var trace = new AsyncLocal<int>();
        var seen = new List<(int Number, int Trace)>();
        var all = new List<Task>();
        foreach (var number in Enumerable.Range(1, 8))
        {
            trace.Value = number;
            all.Add(groups.RunAsync(Guid.NewGuid(), _saga, async group =>
            {
                await CountAsync(group, number);
                seen.Add((number, trace.Value));
            }));
        }

        await Task.WhenAll(all);

        seen.Should().HaveCount(8).And.OnlyContain(message => message.Number == message.Trace);
    }

    public void Dispose() => _folder.Dispose();

    private async Task TogetherAsync(SagaGroups<CounterState, WorkshopDbContext> groups, Func<SagaGroup<CounterState, WorkshopDbContext>, int, Task> handle)
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = groups.RunAsync(Guid.NewGuid(), _saga, async group =>
        {
            begun.TrySetResult();
            await _gathered.Task;
            await handle(group, 1);
        });
        await begun.Task;
        var others = Enumerable.Range(2, 19).Select(number => groups.RunAsync(Guid.NewGuid(), _saga, group => handle(group, number))).ToList();
        _gathered.SetResult();
        await Task.WhenAll([first, .. others]);
    }

    private async Task CountAsync(SagaGroup<CounterState, WorkshopDbContext> group, int number)
    {
        var counter = await group.FindAsync(_saga, CancellationToken.None);
        if (counter is null)
            group.Add(counter = new CounterState { CorrelationId = _saga, CurrentState = "Counting" });
        counter.Total++;
        counter.Seen += $"{number};";
    }

    private Task<CounterState> ReadAsync(WorkshopHost host) => host.WithAsync<WorkshopDbContext, CounterState>(async db => (await db.Set<CounterState>().FindAsync(_saga))!);

    private async Task<WorkshopHost> StartAsync()
    {
        var host = WorkshopHost.Build(_folder.Settings());
        await host.StartAsync();
        return host;
    }
}
