using AwesomeAssertions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Orchestrator.Persistence;
using Orchestrator.UnitTests.Persistence.Workshop;

namespace Orchestrator.UnitTests.Persistence;

public sealed class DatabaseClockTests : IDisposable
{
    private readonly SqliteFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_service_of_the_process_reads_the_clock_of_the_databases()
    {
        await using var host = WorkshopHost.Build(_folder.Settings());
        await host.StartAsync();
        var clock = host.Services.GetRequiredService<TimeProvider>();
        var before = clock.GetUtcNow();

        await host.Services.MoveClockAsync(TimeSpan.FromDays(3));

        clock.Should().BeOfType<DatabaseClock>();
        clock.GetUtcNow().Should().BeOnOrAfter(before.AddDays(3)).And.BeBefore(before.AddDays(4));
    }

    [Fact]
    public void Jump_of_the_hosts_clock_is_none_of_the_services()
    {
        var process = new JumpingHost();
        var clock = new DatabaseClock(process);
        var database = process.GetUtcNow().AddSeconds(-7);
        clock.Observe(database, process.GetTimestamp());

        process.Wall += TimeSpan.FromHours(1);
        process.Passed += TimeSpan.FromSeconds(2);

        clock.GetUtcNow().Should().Be(database.AddSeconds(2));
    }

    [Fact]
    public void Database_that_moves_its_time_takes_the_service_along()
    {
        var process = new FakeTimeProvider();
        var clock = new DatabaseClock(process);
        var before = clock.GetUtcNow();

        clock.Observe(before, process.GetTimestamp());
        clock.Observe(before.AddDays(3), process.GetTimestamp());

        before.Should().Be(process.GetUtcNow(), "before the first reading there is no other time");
        clock.GetUtcNow().Should().Be(before.AddDays(3));
    }

    [Fact]
    public void Answer_that_took_long_moves_no_time_that_agrees_with_it()
    {
        var process = new JumpingHost();
        var clock = new DatabaseClock(process);
        var asked = process.GetTimestamp();
        process.Passed += TimeSpan.FromSeconds(3);
        process.Wall += TimeSpan.FromSeconds(3);

        clock.Observe(DateTimeOffset.UnixEpoch.AddSeconds(1), asked);

        clock.GetUtcNow().Should().Be(DateTimeOffset.UnixEpoch.AddSeconds(3), "the database was asked three seconds ago and may have answered two ago");
        clock.Observe(DateTimeOffset.UnixEpoch.AddSeconds(-60), asked);
        clock.GetUtcNow().Should().Be(DateTimeOffset.UnixEpoch.AddSeconds(-57), "more than it can have taken is another time");
    }

    [Fact]
    public void Timers_run_in_real_time()
    {
        var process = new FakeTimeProvider();
        var clock = new DatabaseClock(process);
        var fired = 0;
        using var timer = clock.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);

        process.Advance(TimeSpan.FromSeconds(1));

        fired.Should().Be(1);
    }

    /// <summary>A host whose clock somebody sets; the time that passes stays what it is.</summary>
    private sealed class JumpingHost : TimeProvider
    {
        public DateTimeOffset Wall { get; set; } = DateTimeOffset.UnixEpoch;

        public TimeSpan Passed { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Wall;

        public override long GetTimestamp() => Passed.Ticks;
    }
}
