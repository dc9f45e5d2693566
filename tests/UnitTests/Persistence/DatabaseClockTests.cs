using AwesomeAssertions;
using Microsoft.Extensions.DependencyInjection;
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

        clock.Should().BeOfType<DatabaseClock>().Which.Offset.Should().Be(TimeSpan.FromDays(3));
        clock.GetUtcNow().Should().BeOnOrAfter(before.AddDays(3));
    }

    [Fact]
    public void Timers_run_in_real_time()
    {
        var process = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var clock = new DatabaseClock(process);
        var fired = 0;
        using var timer = clock.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);

        process.Advance(TimeSpan.FromSeconds(1));

        fired.Should().Be(1);
    }
}
