using Orchestrator.ChaosTests.Scenarios;

namespace Orchestrator.ChaosTests;

[Collection(nameof(QuickChaos))]
public sealed class ReconnectionTests(QuickChaos quick)
{
    [Fact]
    public Task A_broker_that_restarts_costs_nothing_but_time() => Reconnection.BrokerAsync(quick.Run);

    [Fact]
    public Task A_blocked_broker_leaves_the_door_open_and_readiness_red() => Reconnection.BlockedBrokerAsync(quick.Run);

    [Fact]
    [Trait("Category", "Long")]
    public Task A_broker_that_hangs_leaves_the_door_open_and_readiness_red() => Reconnection.PausedBrokerAsync(quick.Run);

    [Fact]
    public Task A_database_that_restarts_and_cuts_connections_costs_nothing_but_time() => Reconnection.DatabaseAsync(quick.Run);

    [Fact]
    [Trait("Category", "Long")]
    public Task Five_connections_each_are_enough() => Reconnection.SmallPoolAsync(quick.Run);
}

[Collection(nameof(LongChaos))]
[Trait("Category", "Figures")]
public sealed class LongReconnectionTests
{
    [Fact]
    public async Task Twenty_restarts_of_the_broker_two_blocked_minutes_and_two_that_it_hangs_lose_nothing()
    {
        await using var run = await ChaosRun.StartAsync((ChaosProfile.Full with { Jobs = 500 }).Scaled());

        await Reconnection.BrokerAsync(run);
        await Reconnection.BlockedBrokerAsync(run);
        await Reconnection.PausedBrokerAsync(run);
    }

    [Fact]
    public async Task Ten_restarts_of_the_database_and_a_hundred_cut_connections_lose_nothing()
    {
        await using var run = await ChaosRun.StartAsync((ChaosProfile.Full with { Jobs = 500 }).Scaled());

        await Reconnection.DatabaseAsync(run);
        await Reconnection.SmallPoolAsync(run);
    }
}
