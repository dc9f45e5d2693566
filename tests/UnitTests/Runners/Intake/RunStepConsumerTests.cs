using AwesomeAssertions;
using Orchestrator.Persistence.Leases;
using Orchestrator.Runners.Attempts;

namespace Orchestrator.UnitTests.Runners.Intake;

public sealed class RunStepConsumerTests
{
    [Fact]
    public async Task Claim_whose_commit_was_never_confirmed_is_started_by_the_retry()
    {
        await using var host = await RunnerHost.StartAsync();
        var command = RunnerHost.NewStep();
        host.Database.Commits.LoseOne();

        await host.SendAsync(command);
        await Eventually.IsTrueAsync(() => !host.Engine.Launched.IsEmpty);
        host.Engine.Finish();

        await Eventually.IsTrueAsync(async () => (await host.FindAsync(command.Key))?.State == AttemptState.Finished);
        host.Engine.Launched.Should().Equal(command.Key);
    }

    [Fact]
    public async Task Command_that_comes_again_while_its_launch_runs_starts_nothing_and_takes_no_slot()
    {
        await using var host = await RunnerHost.StartAsync();
        var first = RunnerHost.NewStep();
        var slots = new RunnerOptions().Slots;

        await host.SendAsync(first);
        await Eventually.IsTrueAsync(() => host.Engine.Launched.Count == 1);
        for (var copy = 0; copy < slots; copy++)
            await host.SendAsync(first);
        var others = Enumerable.Range(1, slots - 1).Select(_ => RunnerHost.NewStep()).ToArray();
        foreach (var other in others)
            await host.SendAsync(other);

        await Eventually.IsTrueAsync(() => host.Engine.Launched.Count == slots);
        host.Engine.Launched.Should().BeEquivalentTo([first.Key, .. others.Select(other => other.Key)]);
    }

    [Fact]
    public void Claim_is_good_for_one_start_even_when_that_has_ended()
    {
        var running = new RunningAttempts();
        var command = RunnerHost.NewStep();
        running.Claim(command.Key);

        var started = running.Add(command);
        running.Remove(started!);

        running.Add(command).Should().BeNull();
        running.IsEmpty.Should().BeTrue();
    }
}
