namespace Orchestrator.ChaosTests;

[Collection(nameof(QuickChaos))]
public sealed class KillTests(QuickChaos quick)
{
    [Fact]
    public Task Killed_services_lose_nothing_and_accept_nothing_twice() => Scenarios.Kills.RunAsync(quick.Run);

    [Fact]
    [Trait("Category", "Long")]
    public Task A_runner_that_is_killed_with_a_lease_loses_it_within_two() => Scenarios.Kills.OnLeasesAsync(quick.Run);

    [Fact]
    [Trait("Category", "Long")]
    public Task A_crash_at_each_failpoint_loses_nothing() => Scenarios.EachFailpoint.RunAsync(quick.Run);
}

[Collection(nameof(LongChaos))]
[Trait("Category", "Figures")]
public sealed class LongKillTests
{
    [Fact]
    public async Task Five_thousand_jobs_survive_three_hundred_kills()
    {
        await using var run = await ChaosRun.StartAsync(ChaosProfile.Full.Scaled());

        await Scenarios.Kills.RunAsync(run);
    }

    [Fact]
    public async Task A_hundred_runners_that_are_killed_with_a_lease_lose_it_within_two()
    {
        await using var run = await ChaosRun.StartAsync(ChaosProfile.Full.Scaled() with { Jobs = 20 });

        await Scenarios.Kills.OnLeasesAsync(run);
    }

    [Fact]
    public async Task Three_crashes_at_each_failpoint_lose_nothing()
    {
        await using var run = await ChaosRun.StartAsync(ChaosProfile.Full.Scaled() with { Lease = ChaosProfile.Quick.Lease });

        await Scenarios.EachFailpoint.RunAsync(run);
    }
}
