namespace Orchestrator.ChaosTests;

[Collection(nameof(QuickChaos))]
public sealed class RunnerTests(QuickChaos quick)
{
    [Fact]
    public Task A_runner_that_stood_still_for_three_leases_is_refused() => Scenarios.Runners.StoppedAsync(quick.Run);

    [Fact]
    public Task A_service_that_is_asked_to_stop_ends_in_time_and_burns_no_attempt() => Scenarios.Runners.AskedToStopAsync(quick.Run);
}

[Collection(nameof(LongChaos))]
[Trait("Category", "Figures")]
public sealed class LongRunnerTests
{
    [Fact]
    public async Task Twenty_stopped_runners_are_refused_and_fifty_stops_burn_no_attempt()
    {
        await using var run = await ChaosRun.StartAsync((ChaosProfile.Full with { Jobs = 500 }).Scaled());

        await Scenarios.Runners.StoppedAsync(run);
        await Scenarios.Runners.AskedToStopAsync(run);
    }
}
