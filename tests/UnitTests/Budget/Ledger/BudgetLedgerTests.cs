using AwesomeAssertions;
using CsCheck;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Orchestrator.Budget;
using Orchestrator.Budget.Ledger;
using Orchestrator.Contracts.Budget;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.UnitTests.Budget.Ledger;

public sealed class BudgetLedgerTests : IAsyncLifetime
{
    private static readonly AttemptKey Key = new(Guid.Parse("0192f0c0-0000-7000-8000-000000000001"), "job-0001", 1, "plan", 1, 1, 1);

    private readonly SqliteConnection _connection = new("Data Source=:memory:");

    public async ValueTask InitializeAsync()
    {
        await _connection.OpenAsync();
        await using var db = Open();
        await db.Database.EnsureCreatedAsync();
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    [Fact]
    public async Task Use_below_the_sum_settles_it_and_releases_the_rest()
    {
        await DoAsync(Reserve(1000, 10), Settle(400, 3));

        (await EntriesAsync()).Should().Equal((EntryKind.Reserved, 1000, 10), (EntryKind.Settled, 400, 3), (EntryKind.Released, 600, 7));
    }

    [Fact]
    public async Task Use_beyond_the_sum_is_an_overshoot_of_its_own()
    {
        await DoAsync(Reserve(1000, 10), Settle(1300, 4));

        (await EntriesAsync()).Should().Equal(
            (EntryKind.Reserved, 1000, 10), (EntryKind.Settled, 1000, 4), (EntryKind.Released, 0, 6), (EntryKind.Overshoot, 300, 0));
    }

    [Fact]
    public async Task Repeated_reservation_gets_the_first_sum_and_books_nothing()
    {
        await DoAsync(Reserve(1000, 10));

        await using var db = Open();
        var again = await new BudgetLedger(db, new FakeTimeProvider()).ReserveAsync(new ReserveBudget(Key, null, "claude", null, 5000, 50), default);
        await db.SaveChangesAsync();

        again!.ReservedMicroUsd.Should().Be(1000);
        (await EntriesAsync()).Should().ContainSingle();
    }

    [Fact]
    public async Task Settling_twice_books_once()
    {
        await DoAsync(Reserve(1000, 10), Settle(400, 3), Settle(400, 3));

        (await EntriesAsync()).Should().HaveCount(3);
    }

    [Fact]
    public async Task Late_report_that_says_more_books_the_difference_once()
    {
        await DoAsync(Reserve(1000, 10), Settle(400, 3), Settle(700, 5), Settle(700, 5));

        (await EntriesAsync())[^1].Should().Be((EntryKind.Late, 300, 2));
        (await EntriesAsync()).Should().HaveCount(4);
    }

    [Fact]
    public async Task Lost_launch_keeps_its_sum_until_somebody_knows()
    {
        await DoAsync(Reserve(1000, 10), Settle(0, 0, StepOutcome.Lost), Release());
        var held = (await ReservationAsync()).State;
        await DoAsync(Settle(250, 2));

        held.Should().Be(ReservationState.Unknown);
        (await EntriesAsync()).Should().Equal(
            (EntryKind.Reserved, 1000, 10), (EntryKind.Lost, 0, 0), (EntryKind.Settled, 250, 2), (EntryKind.Released, 750, 8));
    }

    [Fact]
    public async Task Release_before_its_reservation_means_that_nothing_is_held()
    {
        await DoAsync(Release());

        await using var db = Open();
        var reservation = await new BudgetLedger(db, new FakeTimeProvider()).ReserveAsync(new ReserveBudget(Key, null, "claude", null, 1000, 10), default);

        reservation.Should().BeNull();
    }

    [Fact]
    public async Task Cost_of_a_released_launch_that_ran_after_all_is_recorded()
    {
        await DoAsync(Reserve(1000, 10), Release(), Settle(120, 1));

        (await EntriesAsync())[^1].Should().Be((EntryKind.Late, 120, 1));
    }

    [Fact]
    public async Task Cost_without_a_reservation_is_recorded()
    {
        await DoAsync(Settle(120, 1));

        (await EntriesAsync()).Should().Equal((EntryKind.Settled, 0, 0), (EntryKind.Overshoot, 120, 1));
    }

    [Fact]
    public async Task Two_writers_cannot_both_settle()
    {
        await DoAsync(Reserve(1000, 10));
        await using var one = Open();
        await using var other = Open();

        await Settle(400, 3)(new BudgetLedger(one, new FakeTimeProvider()));
        await Settle(500, 4)(new BudgetLedger(other, new FakeTimeProvider()));
        await one.SaveChangesAsync();

        var second = () => other.SaveChangesAsync();
        await second.Should().ThrowAsync<DbUpdateException>();
        (await EntriesAsync()).Should().HaveCount(3);
    }

    [Fact]
    public async Task Books_balance_after_any_commands_in_any_order()
    {
        var command = Gen.OneOf(
            Gen.Select(Gen.Long[0, 2000], Gen.Int[0, 20], (money, calls) => Reserve(money, calls)),
            Gen.Select(Gen.Long[0, 4000], Gen.Int[0, 40], Gen.Enum<StepOutcome>(), (money, calls, outcome) => Settle(money, calls, outcome)),
            Gen.Const(Release()),
            Gen.Const(Settle(0, 0, StepOutcome.Lost)));

        await command.Array[1, 12].SampleAsync(
            async commands =>
            {
                await ClearAsync();
                foreach (var next in commands)
                {
                    await DoAsync(next);
                    await CheckBalanceAsync();
                }
            },
            iter: 200, threads: 1);
    }

    private static Func<BudgetLedger, Task> Reserve(long money, int calls) =>
        ledger => ledger.ReserveAsync(new ReserveBudget(Key, "shop", "claude", "opus", money, calls), default);

    private static Func<BudgetLedger, Task> Settle(long money, int calls, StepOutcome outcome = StepOutcome.Succeeded) =>
        ledger => ledger.SettleAsync(new SettleBudget(Key, money, calls, outcome), default);

    private static Func<BudgetLedger, Task> Release() => ledger => ledger.ReleaseAsync(new ReleaseBudget(Key, "cancelled"), default);

    private async Task DoAsync(params Func<BudgetLedger, Task>[] commands)
    {
        foreach (var command in commands)
        {
            await using var db = Open();
            await command(new BudgetLedger(db, new FakeTimeProvider()));
            await db.SaveChangesAsync();
        }
    }

    private async Task CheckBalanceAsync()
    {
        await using var db = Open();
        var entries = await db.Set<LedgerEntry>().ToListAsync();
        var held = await db.Set<Reservation>().Where(row => row.State == ReservationState.Open || row.State == ReservationState.Unknown).ToListAsync();
        long Money(EntryKind kind) => entries.Where(entry => entry.Kind == kind).Sum(entry => entry.MicroUsd);
        long Calls(EntryKind kind) => entries.Where(entry => entry.Kind == kind).Sum(entry => (long)entry.Calls);

        Money(EntryKind.Reserved).Should().Be(Money(EntryKind.Settled) + Money(EntryKind.Released) + held.Sum(row => row.ReservedMicroUsd));
        Calls(EntryKind.Reserved).Should().Be(Calls(EntryKind.Settled) + Calls(EntryKind.Released) + held.Sum(row => (long)row.ReservedCalls));
        var used = await db.Set<Reservation>().SumAsync(row => row.UsedMicroUsd);
        used.Should().Be(Money(EntryKind.Settled) + Money(EntryKind.Overshoot) + Money(EntryKind.Late));
        entries.Should().OnlyContain(entry => entry.MicroUsd >= 0 && entry.Calls >= 0);
    }

    private async Task ClearAsync()
    {
        await using var db = Open();
        await db.Set<LedgerEntry>().ExecuteDeleteAsync();
        await db.Set<Reservation>().ExecuteDeleteAsync();
    }

    private async Task<IReadOnlyList<(EntryKind Kind, long MicroUsd, int Calls)>> EntriesAsync()
    {
        await using var db = Open();
        var entries = await db.Set<LedgerEntry>().OrderBy(entry => entry.Number).ToListAsync();
        return [.. entries.Select(entry => (entry.Kind, entry.MicroUsd, entry.Calls))];
    }

    private async Task<Reservation> ReservationAsync()
    {
        await using var db = Open();
        return await db.Set<Reservation>().SingleAsync();
    }

    private BudgetDbContext Open() =>
        new(new DbContextOptionsBuilder<BudgetDbContext>().UseSqlite(_connection).UseSnakeCaseNamingConvention().Options);
}
