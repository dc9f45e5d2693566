using AwesomeAssertions;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Contracts.Steps;
using Orchestrator.Persistence;
using Orchestrator.Persistence.Leases;

namespace Orchestrator.UnitTests.Persistence.Workshop;

/// <summary>What leases and due rows promise, on whatever database the derived class brings.</summary>
public abstract class LeaseScenarios
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    protected abstract Task<Dictionary<string, string?>> SettingsAsync();

    [Fact]
    public async Task Of_many_who_claim_a_launch_one_gets_it()
    {
        await using var host = await StartAsync();
        var key = NewKey();

        var claims = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => ClaimAsync(host, key, $"runner-{number}")));

        claims.Count(claim => claim.Result == ClaimResult.Claimed).Should().Be(1);
        claims.Count(claim => claim.Result == ClaimResult.Held).Should().Be(7);
        claims.Select(claim => claim.Lease!.Owner).Distinct().Should().ContainSingle();
    }

    [Fact]
    public async Task Lease_that_ran_out_is_its_owners_until_a_sweep_has_marked_it_lost()
    {
        await using var host = await StartAsync();
        var key = NewKey();
        await ClaimAsync(host, key, "runner");

        await host.Services.MoveClockAsync(TimeSpan.FromSeconds(75));
        var takenBack = await RenewAsync(host, "runner", key);
        var nothingLost = await SweepAsync(host);
        await host.Services.MoveClockAsync(TimeSpan.FromSeconds(150));
        var lost = await SweepAsync(host);
        var tooLate = await RenewAsync(host, "runner", key);
        var finished = await DoAsync(host, leases => leases.FinishAsync(key, "runner", AttemptState.Finished, "{}"));

        takenBack.Should().ContainSingle().Which.Key.Should().Be(key);
        nothingLost.Should().BeEmpty();
        lost.Should().Equal(key);
        tooLate.Should().BeEmpty("another launch may run already");
        finished.Should().BeFalse();
    }

    [Fact]
    public async Task Work_that_was_done_when_the_lease_had_run_out_counts_while_no_sweep_has_marked_it_lost()
    {
        await using var host = await StartAsync();
        var key = NewKey();
        await ClaimAsync(host, key, "runner");

        await host.Services.MoveClockAsync(TimeSpan.FromSeconds(75));
        var finished = await DoAsync(host, leases => leases.FinishAsync(key, "runner", AttemptState.Finished, "{}"));
        var lost = await SweepAsync(host);

        finished.Should().BeTrue();
        lost.Should().BeEmpty();
    }

    [Fact]
    public async Task Lease_that_its_owner_does_not_name_runs_out()
    {
        await using var host = await StartAsync();
        var (works, alsoWorks, forgotten) = (NewKey(), NewKey(), NewKey());
        foreach (var key in new[] { works, alsoWorks, forgotten })
            await ClaimAsync(host, key, "runner");

        await host.Services.MoveClockAsync(TimeSpan.FromSeconds(20));
        var renewed = await RenewAsync(host, "runner", works, alsoWorks);
        await host.Services.MoveClockAsync(TimeSpan.FromSeconds(40));
        var lost = await SweepAsync(host);

        renewed.Select(lease => lease.Key).Should().BeEquivalentTo([works, alsoWorks]);
        lost.Should().Equal(forgotten);
    }

    [Fact]
    public async Task Lease_of_another_owner_or_token_is_not_renewed()
    {
        await using var host = await StartAsync();
        var key = NewKey();
        await ClaimAsync(host, key, "runner");

        var stranger = await RenewAsync(host, "stranger", key);
        var otherToken = await RenewAsync(host, "runner", key with { Token = 9 });
        var nothing = await RenewAsync(host, "runner");

        stranger.Should().BeEmpty();
        otherToken.Should().BeEmpty();
        nothing.Should().BeEmpty();
    }

    [Fact]
    public async Task Lost_launch_is_reported_by_one_sweep_and_the_report_answers_the_repeated_command()
    {
        await using var host = await StartAsync();
        var keys = Enumerable.Range(0, 20).Select(_ => NewKey()).ToArray();
        foreach (var key in keys)
            await ClaimAsync(host, key, "dead");
        await host.Services.MoveClockAsync(TimeSpan.FromSeconds(31));

        var taken = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => SweepAsync(host)));
        var again = await ClaimAsync(host, keys[0], "runner");

        taken.SelectMany(part => part).Should().BeEquivalentTo(keys);
        again.Result.Should().Be(ClaimResult.Over);
        again.Lease!.State.Should().Be(AttemptState.Lost);
        again.Lease.Report.Should().Be("lost");
    }

    [Fact]
    public async Task Later_launch_of_a_step_fences_the_earlier_ones()
    {
        await using var host = await StartAsync();
        var first = NewKey();
        var second = first with { Attempt = 2, Token = 2 };
        await ClaimAsync(host, second, "runner");

        var stale = await ClaimAsync(host, first, "runner");

        stale.Should().Be(new LeaseClaim(ClaimResult.Fenced, null));
    }

    [Fact]
    public async Task Token_of_another_launch_neither_claims_nor_finishes()
    {
        await using var host = await StartAsync();
        var key = NewKey();
        await ClaimAsync(host, key, "runner");

        var claim = await ClaimAsync(host, key with { Token = 9 }, "runner");
        var finish = await DoAsync(host, leases => leases.FinishAsync(key with { Token = 9 }, "runner", AttemptState.Finished, "{}"));
        var stranger = await DoAsync(host, leases => leases.FinishAsync(key, "stranger", AttemptState.Finished, "{}"));

        claim.Result.Should().Be(ClaimResult.Fenced);
        finish.Should().BeFalse();
        stranger.Should().BeFalse();
    }

    [Fact]
    public async Task Launch_is_finished_once_and_only_when_its_transaction_commits()
    {
        await using var host = await StartAsync();
        var key = NewKey();
        await ClaimAsync(host, key, "runner");

        var rolledBack = await host.WithAsync<WorkshopDbContext, bool>(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            return await new AttemptLeases(db).FinishAsync(key, "runner", AttemptState.Finished, "lost report");
        });
        var finished = await DoAsync(host, leases => leases.FinishAsync(key, "runner", AttemptState.HandedBack, "report"));
        var twice = await DoAsync(host, leases => leases.FinishAsync(key, "runner", AttemptState.Finished, "other"));
        var row = await DoAsync(host, leases => leases.FindAsync(key));

        (rolledBack, finished, twice).Should().Be((true, true, false));
        row!.Report.Should().Be("report");
        row.State.Should().Be(AttemptState.HandedBack);
        row.LeaseUntil.Should().BeNull();
        row.FinishedAt.Should().BeOnOrAfter(row.StartedAt);
    }

    [Fact]
    public async Task Launches_of_a_visit_are_counted_before_they_run()
    {
        await using var host = await StartAsync();
        var key = NewKey();

        var first = await ClaimAsync(host, key, "runner");
        var second = await ClaimAsync(host, key with { Attempt = 2, Token = 2 }, "runner");
        var otherVisit = await ClaimAsync(host, key with { Visit = 2, Attempt = 1, Token = 3 }, "runner");

        (first.Lease!.Launches, second.Lease!.Launches, otherVisit.Lease!.Launches).Should().Be((1, 2, 1));
    }

    [Fact]
    public async Task Cancel_reaches_the_owner_with_its_renewal()
    {
        await using var host = await StartAsync();
        var key = NewKey();
        await ClaimAsync(host, key, "runner");

        var asked = await DoAsync(host, leases => leases.RequestCancelAsync(key));
        var renewed = await RenewAsync(host, "runner", key);
        var unknown = await DoAsync(host, leases => leases.RequestCancelAsync(key with { Attempt = 7 }));

        asked.Should().BeTrue();
        renewed.Should().ContainSingle().Which.CancelRequested.Should().BeTrue();
        unknown.Should().BeFalse();
    }

    [Fact]
    public async Task Due_rows_are_shared_among_sweeps_and_come_again_when_nobody_dealt_with_them()
    {
        await using var host = await StartAsync();
        var now = await host.WithAsync<WorkshopDbContext, DateTimeOffset>(async db =>
        {
            var clock = host.Services.GetRequiredService<TimeProvider>().GetUtcNow();
            db.AddRange(Enumerable.Range(1, 40).Select(age => new CounterState { CorrelationId = Guid.NewGuid(), DueAt = clock.AddMinutes(-age) }));
            db.Add(new CounterState { CorrelationId = Guid.NewGuid(), DueAt = clock.AddMinutes(10) });
            db.Add(new CounterState { CorrelationId = Guid.NewGuid(), DueAt = null });
            await db.SaveChangesAsync();
            return clock;
        });

        var sweeps = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => TakeDueAsync(host, 25)));
        await host.Services.MoveClockAsync(TimeSpan.FromMinutes(2));
        var again = await TakeDueAsync(host, 100);

        sweeps.Should().OnlyContain(part => part.Count <= 25);
        var ids = sweeps.SelectMany(part => part).ToArray();
        ids.Should().HaveCount(40).And.OnlyHaveUniqueItems();
        again.Should().BeEquivalentTo(ids);
        host.Services.GetRequiredService<TimeProvider>().GetUtcNow().Should().BeOnOrAfter(now.AddMinutes(2));
    }

    private static AttemptKey NewKey() => new(Guid.NewGuid(), "job-0001", 1, "implement", 1, 1, 1);

    private static Task<LeaseClaim> ClaimAsync(WorkshopHost host, AttemptKey key, string owner) =>
        DoAsync(host, leases => leases.ClaimAsync(key, StepRole.Implementer, "simulated", owner, Lease, "{}"));

    private static Task<IReadOnlyList<AttemptLease>> RenewAsync(WorkshopHost host, string owner, params AttemptKey[] launches) =>
        DoAsync(host, leases => leases.RenewAsync(owner, Lease, launches));

    private static Task<T> DoAsync<T>(WorkshopHost host, Func<AttemptLeases, Task<T>> work) =>
        host.WithAsync<WorkshopDbContext, T>(db => work(new AttemptLeases(db)));

    private static Task<IReadOnlyList<AttemptKey>> SweepAsync(WorkshopHost host) =>
        host.WithAsync<WorkshopDbContext, IReadOnlyList<AttemptKey>>(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            var lost = await new AttemptLeases(db).TakeLostAsync(10);
            foreach (var lease in lost)
                lease.Report = "lost";
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
            return [.. lost.Select(lease => lease.Key)];
        });

    private static Task<List<Guid>> TakeDueAsync(WorkshopHost host, int most) =>
        host.WithAsync<WorkshopDbContext, List<Guid>>(async db =>
            [.. (await DueRows.TakeAsync<CounterState>(db, row => row.DueAt, most, TimeSpan.FromMinutes(1))).Select(row => row.CorrelationId)]);

    private async Task<WorkshopHost> StartAsync()
    {
        var host = WorkshopHost.Build(await SettingsAsync());
        await host.StartAsync();
        return host;
    }
}
