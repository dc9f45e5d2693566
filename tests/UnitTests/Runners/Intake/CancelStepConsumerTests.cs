using AwesomeAssertions;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.UnitTests.Runners.Intake;

public sealed class CancelStepConsumerTests
{
    [Fact]
    public async Task A_launch_that_nobody_claimed_is_reported_under_the_agent_and_the_role_of_its_step_and_never_runs()
    {
        var ran = false;
        await using var host = await HeardRunner.StartAsync((_, _, _) =>
        {
            ran = true;
            throw new InvalidOperationException("It was cancelled.");
        });
        var key = HeardRunner.NewKey();

        await host.PublishAsync(new CancelStep(key, "Cancelled by ann.", "codex", StepRole.Implementer));

        var report = await host.HeardAsync<StepFinished>();
        report.Should().BeEquivalentTo(new { Key = key, Outcome = StepOutcome.Cancelled, Agent = "codex", Role = StepRole.Implementer, Summary = "Cancelled by ann." });
        await host.SendAsync(new RunStep { Key = key, Role = StepRole.Implementer, Agent = "codex", Document = new DocumentReference("nowhere", "") });
        await Eventually.IsTrueAsync(() => host.Heard.OfType<StepFinished>().Count() == 2);
        host.Heard.OfType<StepFinished>().Should().AllBeEquivalentTo(report);
        ran.Should().BeFalse();
    }
}
