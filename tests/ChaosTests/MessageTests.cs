using Orchestrator.ChaosTests.Scenarios;

namespace Orchestrator.ChaosTests;

[Collection(nameof(QuickChaos))]
public sealed class MessageTests(QuickChaos quick)
{
    [Fact]
    public Task Bad_messages_end_in_the_failed_queues_and_good_ones_go_on() => Messages.PoisonAsync(quick.Run);

    [Fact]
    public Task A_trace_that_is_replayed_in_any_order_changes_nothing() => Messages.RedeliveryAsync(quick.Run);

    [Fact]
    public Task Messages_that_are_late_by_chance_lead_to_the_same_end() => Messages.ShuffledAsync(quick.Run);
}

[Collection(nameof(LongChaos))]
[Trait("Category", "Figures")]
public sealed class LongMessageTests
{
    [Fact]
    public async Task A_thousand_bad_messages_and_a_replayed_trace_change_nothing()
    {
        await using var run = await ChaosRun.StartAsync(ChaosProfile.Full.Scaled());

        await Messages.PoisonAsync(run);
        await Messages.RedeliveryAsync(run);
    }

    [Fact]
    public async Task A_thousand_jobs_whose_messages_are_late_by_chance_all_complete()
    {
        await using var run = await ChaosRun.StartAsync(ChaosProfile.Full.Scaled());

        await Messages.ShuffledAsync(run);
    }
}
