using AwesomeAssertions;
using Orchestrator.Persistence.Leases;
using Orchestrator.Runners.Attempts;

namespace Orchestrator.UnitTests.Runners.Rescue;

/// <summary>What a database that is away for longer than a lease does to the launches that run.</summary>
public sealed class DatabaseOutageTests
{
    private static readonly LeaseOptions Lease = new();

    [Fact]
    public async Task Launch_that_runs_through_an_outage_longer_than_its_lease_is_not_lost()
    {
        await using var host = await RunnerHost.StartAsync();
        var command = RunnerHost.NewStep();
        await host.SendAsync(command);
        await Eventually.IsTrueAsync(() => !host.Engine.Launched.IsEmpty);

        host.Database.GoAway();
        host.Time.Advance(Lease.Duration + Lease.Heartbeat);
        await UnansweredAsync(host);
        host.Time.Advance(Lease.Heartbeat);
        await UnansweredAsync(host);
        host.Engine.Stopped.Should().BeFalse("nobody can have taken the step");

        host.Database.ComeBack();
        host.Time.Advance(Lease.Heartbeat);
        await Eventually.IsTrueAsync(async () => (await host.FindAsync(command.Key))!.LeaseUntil > host.Time.GetUtcNow());
        host.Engine.Finish();

        await Eventually.IsTrueAsync(async () => (await host.FindAsync(command.Key))!.State == AttemptState.Finished);
        host.Engine.Launched.Should().ContainSingle();
    }

    [Fact]
    public async Task Launch_whose_holder_is_silent_is_lost_one_lease_after_the_outage()
    {
        await using var host = await RunnerHost.StartAsync();
        await Eventually.IsTrueAsync(() => host.Database.Answered.Any(IsSweep));
        var orphan = RunnerHost.NewStep();
        await host.ClaimAsync(orphan, "a runner that died");

        host.Database.GoAway();
        host.Time.Advance(Lease.Duration + Lease.SweepInterval);
        await Eventually.IsTrueAsync(() => host.Database.Unanswered.Any(IsSweep));
        host.Database.ComeBack();
        var back = host.Time.GetUtcNow();
        host.Database.Answered.Clear();
        host.Time.Advance(Lease.SweepInterval);
        await Eventually.IsTrueAsync(() => host.Database.Answered.Any(IsSweep));
        await Eventually.IsTrueAsync(async () =>
        {
            host.Time.Advance(Lease.SweepInterval);
            return (await host.FindAsync(orphan.Key))!.State == AttemptState.Lost;
        });

        (await host.FindAsync(orphan.Key))!.FinishedAt.Should().BeOnOrAfter(back + Lease.Duration);
    }

    /// <summary>Both the heartbeat and the sweep have noticed, from now on.</summary>
    private static async Task UnansweredAsync(RunnerHost host)
    {
        host.Database.Unanswered.Clear();
        await Eventually.IsTrueAsync(() =>
        {
            host.Time.Advance(Lease.SweepInterval / 4);
            return host.Database.Unanswered.Any(statement => !IsSweep(statement)) && host.Database.Unanswered.Any(IsSweep);
        });
    }

    private static bool IsSweep(string statement) => !statement.Contains("where owner =", StringComparison.Ordinal);
}
