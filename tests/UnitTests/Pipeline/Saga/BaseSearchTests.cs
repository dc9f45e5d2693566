using AwesomeAssertions;
using Orchestrator.Contracts.Budget;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.UnitTests.Pipeline.Saga;

/// <summary>All steps of a run start from one base, also those that need no other and when somebody pushes between their starts.</summary>
public sealed class BaseSearchTests
{
    [Fact]
    public async Task A_step_that_needs_no_other_waits_for_the_base_that_the_first_one_finds_and_not_for_its_end()
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = _ => null);
        await host.SubmitAsync(Job("shop", Step("b", []), Step("c", []), Step("d", ["b", "c"])));
        var first = await host.SeenAsync<RunStep>();
        host.Seen.OfType<ReserveBudget>().Select(reserve => reserve.Key.StepId).Distinct().Should().Equal(["b"], "what waits for the base holds no money");

        await host.PublishAsync(new BaseResolved(first.Key, "found-by-b"));

        var second = await host.SeenAsync<RunStep>(command => command.Key.StepId == "c");
        first.Should().BeEquivalentTo(new { BaseCommit = (string?)null, AnnounceBase = true, Key = new { StepId = "b" } });
        second.Should().BeEquivalentTo(new { BaseCommit = "found-by-b", AnnounceBase = false });
    }

    [Fact]
    public async Task When_a_launch_parks_before_it_knows_the_base_the_next_one_looks_and_the_first_waits_for_that()
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = command => command.Key is { StepId: "b", Attempt: 1 }
            ? SagaHost.Report(command, StepOutcome.Parked, ErrorCodes.AgentUnavailable) with { BaseCommit = null, RetryAt = DateTimeOffset.UnixEpoch.AddYears(200) }
            : null);
        var id = await host.SubmitAsync(Job("shop", Step("b", []), Step("c", [])));
        var next = await host.SeenAsync<RunStep>(command => command.Key.StepId == "c");

        await host.SendAsync(new WakeJob(id, "ann", "b", Force: true));
        await host.SeenAsync<JobResumed>(resumed => resumed.StepId == "b");
        await host.PublishAsync(new BaseResolved(next.Key, "found-by-c"));

        next.Should().BeEquivalentTo(new { BaseCommit = (string?)null, AnnounceBase = true });
        (await host.SeenAsync<RunStep>(command => command.Key is { StepId: "b", Attempt: 2 })).BaseCommit.Should().Be("found-by-c");
    }

    [Fact]
    public async Task When_a_launch_fails_before_it_knows_the_base_the_others_are_started_by_its_report()
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = command => command.Key.StepId == "b"
            ? SagaHost.Report(command, StepOutcome.FailedForGood, ErrorCodes.RepositoryUnavailable) with { BaseCommit = null }
            : SagaHost.Report(command, StepOutcome.Succeeded));

        await host.SubmitAsync(Job("shop", Step("b", []) with { OnFailure = "continue" }, Step("c", []), Step("d", [])));
        await host.SeenAsync<JobCompleted>();

        host.Seen.OfType<RunStep>().DistinctBy(command => command.Key).Select(command => (command.Key.StepId, command.BaseCommit)).Should().Equal(("b", null), ("c", null), ("d", "base"));
    }

    [Fact]
    public async Task The_base_of_a_launch_that_was_lost_is_not_that_of_the_run()
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = command => command.Key.Attempt == 1
            ? SagaHost.Report(command, StepOutcome.Lost, ErrorCodes.LeaseLost) with { BaseCommit = null }
            : null);
        await host.SubmitAsync(Job("shop", Step("b", []), Step("c", [])));
        var lost = await host.SeenAsync<RunStep>();
        var current = await host.SeenAsync<RunStep>(command => command.Key.Attempt == 2);

        await host.PublishAsync(new BaseResolved(lost.Key, "old"));
        await host.PublishAsync(new BaseResolved(current.Key, "new"));

        (await host.SeenAsync<RunStep>(command => command.Key.StepId == "c")).BaseCommit.Should().Be("new");
    }

    [Fact]
    public async Task Steps_of_a_job_without_a_project_do_not_wait()
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = _ => null);

        await host.SubmitAsync(Job(null, Step("b", []), Step("c", [])));

        (await host.SeenAsync<RunStep>(command => command.Key.StepId == "b")).AnnounceBase.Should().BeFalse();
        (await host.SeenAsync<RunStep>(command => command.Key.StepId == "c")).AnnounceBase.Should().BeFalse();
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("a", "b")]
    [InlineData("a", "a")]
    public async Task A_job_with_one_first_step_asks_for_no_message_more(string? parentOfB, string? parentOfC)
    {
        await using var host = await SagaHost.StartAsync();

        await host.SubmitAsync(Job("shop", Step("a", parentOfB is null ? null : []), Step("b", Parents(parentOfB)), Step("c", Parents(parentOfC))));
        await host.SeenAsync<JobCompleted>();

        host.Seen.OfType<RunStep>().DistinctBy(command => command.Key).Select(command => (command.Key.StepId, command.BaseCommit, command.AnnounceBase))
            .Should().BeEquivalentTo([("a", (string?)null, false), ("b", "base", false), ("c", "base", false)]);

        static string[]? Parents(string? parent) => parent is null ? null : [parent];
    }

    private static JobDocument Job(string? project, params StepDocument[] steps) => new() { JobId = Guid.NewGuid().ToString("N"), Goal = "test", ProjectId = project, Steps = steps };

    private static StepDocument Step(string id, string[]? dependsOn) => new() { StepId = id, Agent = "simulated", Role = "implementer", Prompt = "p", DependsOn = dependsOn };
}
