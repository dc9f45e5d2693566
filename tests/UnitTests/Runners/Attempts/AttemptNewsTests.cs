using AwesomeAssertions;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.UnitTests.Runners.Attempts;

public sealed class AttemptNewsTests
{
    [Fact]
    public async Task The_base_of_a_launch_is_published_while_its_agent_still_works()
    {
        var work = new TaskCompletionSource();
        await using var host = await HeardRunner.StartAsync(async (command, observer, cancellationToken) =>
        {
            await observer.OnBaseAsync("c0ffee", cancellationToken);
            await work.Task.WaitAsync(cancellationToken);
            return new StepFinished
            {
                Key = command.Key,
                Outcome = StepOutcome.Succeeded,
                Agent = command.Agent,
                Role = command.Role,
                StartedAt = DateTimeOffset.UnixEpoch,
                FinishedAt = DateTimeOffset.UnixEpoch,
            };
        });
        var key = HeardRunner.NewKey();

        await host.SendAsync(new RunStep { Key = key, Role = StepRole.Implementer, Agent = "codex", Document = new DocumentReference("nowhere", ""), AnnounceBase = true });

        (await host.HeardAsync<BaseResolved>()).Should().Be(new BaseResolved(key, "c0ffee"));
        host.Heard.OfType<StepFinished>().Should().BeEmpty();
        work.SetResult();
        (await host.HeardAsync<StepFinished>()).Outcome.Should().Be(StepOutcome.Succeeded);
    }
}
