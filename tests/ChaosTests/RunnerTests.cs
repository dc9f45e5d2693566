namespace Orchestrator.ChaosTests;

[Collection(nameof(QuickChaos))]
public sealed class RunnerTests(QuickChaos quick)
{
    [Fact]
    public Task A_runner_that_stood_still_for_three_leases_is_refused() => Scenarios.Runners.StoppedAsync(quick.Run);

    [Fact]
    public Task A_service_that_is_asked_to_stop_ends_in_time_and_burns_no_attempt() => Scenarios.Runners.AskedToStopAsync(quick.Run);

    [Fact]
    public Task A_job_that_kills_its_runner_is_given_up_and_its_neighbours_are_not() => Scenarios.Runners.PoisonedAsync(quick.Run);

    [Fact]
    [Trait("Category", "Long")]
    public Task A_busy_machine_loses_no_lease() => Scenarios.Runners.BusyMachineAsync(quick.Run);
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
        await Scenarios.Runners.PoisonedAsync(run);
        await Scenarios.Runners.BusyMachineAsync(run);
    }
}
