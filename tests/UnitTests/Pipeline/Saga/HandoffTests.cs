using AwesomeAssertions;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;
using static Orchestrator.UnitTests.Pipeline.Saga.SagaJobs;

namespace Orchestrator.UnitTests.Pipeline.Saga;

public sealed class HandoffTests
{
    [Theory]
    [InlineData(ArtifactHandoff.Manual, "a")]
    [InlineData(ArtifactHandoff.PatchFirst, "b")]
    public async Task A_step_gets_the_files_of_the_steps_that_it_names_or_under_patch_first_of_the_one_before_it_alone(ArtifactHandoff handoff, string read)
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = Report);

        await host.SubmitAsync(new JobDocument
        {
            JobId = Guid.NewGuid().ToString("N"),
            Goal = "test",
            ArtifactHandoff = handoff,
            Steps = [Step("a"), Step("b"), Step("c") with { InputArtifacts = ["steps/a/report.md"] }],
        });
        await host.SeenAsync<JobCompleted>();

        host.Seen.OfType<RunStep>().Single(command => command.Key.StepId == "c").Earlier.Select(earlier => earlier.StepId).Should().Equal(read);
    }

    [Fact]
    public async Task Patch_first_passes_over_a_step_that_failed_and_was_tolerated()
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = command =>
            command.Key.StepId == "b" ? SagaHost.Report(command, StepOutcome.FailedForGood, ErrorCodes.AgentFailed) : Report(command));

        await host.SubmitAsync(new JobDocument
        {
            JobId = Guid.NewGuid().ToString("N"),
            Goal = "test",
            ArtifactHandoff = ArtifactHandoff.PatchFirst,
            Steps = [Step("a"), Step("b") with { OnFailure = "continue" }, Step("c")],
        });
        await host.SeenAsync<JobCompleted>();

        var last = host.Seen.OfType<RunStep>().Single(command => command.Key.StepId == "c");
        last.Earlier.Select(earlier => earlier.StepId).Should().Equal("a");
        last.StartFrom.Select(work => work.StepId).Should().Equal("a");
    }

    [Fact]
    public async Task What_a_jump_ahead_left_out_hands_on_the_work_that_it_would_have_started_from()
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = command =>
            command.Key.StepId == "check" ? SagaHost.Report(command, StepOutcome.FailedForGood, ErrorCodes.VerifyFailed) : Report(command));

        await host.SubmitAsync(new JobDocument
        {
            JobId = Guid.NewGuid().ToString("N"),
            Goal = "test",
            Steps =
            [
                Step("work") with { DependsOn = [] },
                Step("check") with { DependsOn = ["work"], OnFailure = "goto:report" },
                Step("polish") with { DependsOn = ["check"] },
                Step("report") with { DependsOn = ["polish"] },
            ],
        });
        await host.SeenAsync<JobCompleted>();

        host.Launched.Should().Equal("work", "check", "report");
        host.Seen.OfType<RunStep>().Single(command => command.Key.StepId == "report").StartFrom.Select(work => work.StepId).Should().Equal("work");
    }

    [Fact]
    public async Task A_patch_of_a_step_that_did_not_succeed_is_missing_with_a_notice()
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = command =>
            command.Key.StepId == "b" ? SagaHost.Report(command, StepOutcome.FailedForGood, ErrorCodes.AgentFailed, changed: true) : Report(command));

        await host.SubmitAsync(new JobDocument
        {
            JobId = Guid.NewGuid().ToString("N"),
            Goal = "test",
            Steps = [Step("a"), Step("b") with { OnFailure = "continue" }, Step("c") with { ApplyPatchesFrom = ["steps/a/patch.diff", "steps/b/patch.diff"] }],
        });
        await host.SeenAsync<JobCompleted>();

        var last = host.Seen.OfType<RunStep>().Single(command => command.Key.StepId == "c");
        last.StartFrom.Select(work => work.StepId).Should().Equal("a");
        last.Notices.Should().ContainSingle().Which.Should().Contain("names b,");
    }

    private static StepFinished Report(RunStep command) => SagaHost.Report(command, StepOutcome.Succeeded, changed: true) with
    {
        Files = new Dictionary<string, DocumentReference> { [".prompt.md"] = new($"nowhere/{command.Key.StepId}", "") },
    };
}
