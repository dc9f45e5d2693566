using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Orchestrator.Contracts.Budget;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;
using Orchestrator.Pipeline.Saga;
using static Orchestrator.UnitTests.Pipeline.Saga.SagaJobs;

namespace Orchestrator.UnitTests.Pipeline.Saga;

public sealed class PipelineSagaTests
{
    [Fact]
    public async Task A_job_runs_its_steps_in_order_and_completes_once()
    {
        await using var host = await SagaHost.StartAsync();

        var id = await host.SubmitAsync(Job(Step("a"), Step("b"), Step("c")));
        var done = await host.SeenAsync<JobCompleted>();

        host.Launched.Should().Equal("a", "b", "c");
        done.Outcome.Should().BeEquivalentTo(new { Launches = 3, ErrorCode = (string?)null });
        done.Outcome.Usage.CostMicroUsd.Should().Be(30);
        await Eventually.IsTrueAsync(() => host.Seen.OfType<SettleBudget>().Count() == 3);
        await host.SendAsync(new WakeJob(id, "test", null, Force: true));
        host.Seen.OfType<JobCompleted>().Should().HaveCount(1);
    }

    [Fact]
    public async Task The_end_of_a_step_is_booked_and_the_next_ones_money_is_asked_for_in_one_message()
    {
        await using var host = await SagaHost.StartAsync();

        await host.SubmitAsync(Job(Step("a"), Step("b") with { DependsOn = ["a"] }, Step("c") with { DependsOn = ["a"] }));
        await host.SeenAsync<JobCompleted>();
        await Eventually.IsTrueAsync(() => host.Seen.OfType<SettleBudget>().Count() == 3);

        host.Seen.OfType<SettleBudget>().ToDictionary(settle => settle.Key.StepId, settle => settle.Next?.Select(next => next.Key.StepId).ToList())
            .Should().BeEquivalentTo(new Dictionary<string, List<string>?> { ["a"] = ["b", "c"], ["b"] = null, ["c"] = null });
    }

    [Fact]
    public async Task A_failed_attempt_is_tried_again_and_the_next_failure_ends_the_job()
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = command => SagaHost.Report(command, StepOutcome.Failed, ErrorCodes.AgentFailed));

        await host.SubmitAsync(Job(Step("a") with { MaxRetries = 1, RetryBackoffSec = 0 }, Step("b")));
        var failed = await host.SeenAsync<JobFailed>();

        host.Launched.Should().Equal("a", "a");
        host.Seen.OfType<RunStep>().Select(command => command.Key.Attempt).Should().Equal(1, 2);
        failed.Outcome.Should().BeEquivalentTo(new { StepId = "a", ErrorCode = ErrorCodes.AgentFailed, Launches = 2 });
        host.Seen.OfType<JobParked>().Should().ContainSingle(parked => parked.Reason == ParkReason.Backoff);
    }

    [Fact]
    public async Task Lost_launches_do_not_count_as_failures_and_the_third_is_poisoned()
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = command => SagaHost.Report(command, StepOutcome.Lost, ErrorCodes.LeaseLost));

        await host.SubmitAsync(Job(Step("a") with { MaxRetries = 0 }));
        var failed = await host.SeenAsync<JobFailed>();

        host.Launched.Should().HaveCount(3);
        failed.Outcome.ErrorCode.Should().Be(ErrorCodes.Poisoned);
    }

    [Fact]
    public async Task Two_lost_launches_are_survived_without_any_retry()
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = command =>
            SagaHost.Report(command, command.Key.Attempt < 3 ? StepOutcome.Lost : StepOutcome.Succeeded));

        await host.SubmitAsync(Job(Step("a") with { MaxRetries = 0 }));

        (await host.SeenAsync<JobCompleted>()).Outcome.Launches.Should().Be(3);
        await host.SeenAsync<SettleBudget>(settle => settle.Key.Attempt == 3);
        host.Seen.OfType<SettleBudget>().Select(settle => (settle.Key.Attempt, settle.Outcome)).Should().BeEquivalentTo(
            [(1, StepOutcome.Lost), (2, StepOutcome.Lost), (3, StepOutcome.Succeeded)], "the ledger hears of every launch");
    }

    [Fact]
    public async Task Report_from_an_earlier_attempt_is_ignored_but_paid_for()
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = command => command.Key.Attempt == 1 ? SagaHost.Report(command, StepOutcome.Lost) : null);
        await host.SubmitAsync(Job(Step("a")));
        var first = await host.SeenAsync<RunStep>(command => command.Key.Attempt == 1);
        var second = await host.SeenAsync<RunStep>(command => command.Key.Attempt == 2);

        await host.PublishAsync(SagaHost.Report(first, StepOutcome.Succeeded));
        await host.SeenAsync<SettleBudget>(settle => settle.Key == first.Key && settle.Outcome == StepOutcome.Succeeded);
        host.Seen.OfType<JobCompleted>().Should().BeEmpty();
        await host.PublishAsync(SagaHost.Report(second, StepOutcome.Succeeded));

        await host.SeenAsync<JobCompleted>();
    }

    [Fact]
    public async Task A_job_that_requires_approval_starts_when_it_is_given_and_carries_the_comment()
    {
        await using var host = await SagaHost.StartAsync();
        var job = Job(Step("a"));
        var id = await host.SubmitAsync(job with { Policy = job.Policy with { RequiresApproval = true } });
        await host.SeenAsync<JobParked>(parked => parked.Reason == ParkReason.Approval && parked.StepId is null);
        host.Launched.Should().BeEmpty();

        await host.SendAsync(new ApproveJob(id, "ann", "mind the tests", null));

        await host.SeenAsync<JobCompleted>();
        host.Seen.OfType<RunStep>().Single().Comments.Should().Equal("ann: mind the tests");
    }

    [Fact]
    public async Task Approval_after_a_step_continues_from_there_and_never_from_step_one()
    {
        await using var host = await SagaHost.StartAsync();
        var id = await host.SubmitAsync(Job(Step("a"), Step("b") with { Approval = StepApproval.After }, Step("c")));
        await host.SeenAsync<JobParked>(parked => parked.StepId == "b");
        host.Launched.Should().Equal("a", "b");

        await host.SendAsync(new ApproveJob(id, "ann", null, "b"));

        await host.SeenAsync<JobCompleted>();
        host.Launched.Should().Equal("a", "b", "c");
    }

    [Fact]
    public async Task A_rejected_job_fails_as_rejected_and_nothing_was_launched()
    {
        await using var host = await SagaHost.StartAsync();
        var job = Job(Step("a"));
        var id = await host.SubmitAsync(job with { Policy = job.Policy with { RequiresApproval = true } });
        await host.SeenAsync<JobParked>();

        await host.SendAsync(new RejectJob(id, "ann", "not now", null));

        (await host.SeenAsync<JobFailed>()).Outcome.Should().BeEquivalentTo(new { ErrorCode = ErrorCodes.Rejected, Launches = 0, ErrorMessage = "Rejected by ann: not now" });
        host.Launched.Should().BeEmpty();
    }

    [Fact]
    public async Task Goto_sends_the_work_back_with_the_reason_and_stops_at_the_visit_limit()
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = command =>
            SagaHost.Report(command, command.Key.StepId == "review" ? StepOutcome.FailedForGood : StepOutcome.Succeeded, command.Key.StepId == "review" ? ErrorCodes.VerifyFailed : null));

        await host.SubmitAsync(Job(Step("implement"), Step("review") with { OnFailure = "goto:implement" }));
        var failed = await host.SeenAsync<JobFailed>();

        failed.Outcome.ErrorCode.Should().Be(ErrorCodes.VisitLimit);
        host.Launched.Should().HaveCount(10);
        host.Seen.OfType<RunStep>().Last(command => command.Key.StepId == "implement").Key.Visit.Should().Be(5);
        host.Seen.OfType<RunStep>().First(command => command.Key is { StepId: "implement", Visit: 2 }).Comments
            .Should().ContainSingle().Which.Should().Contain("because verify_failed");
    }

    [Fact]
    public async Task Ask_human_waits_and_an_approval_goes_on_without_the_step()
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = command =>
            SagaHost.Report(command, command.Key.StepId == "a" ? StepOutcome.FailedForGood : StepOutcome.Succeeded, command.Key.StepId == "a" ? "x" : null));
        var id = await host.SubmitAsync(Job(Step("a") with { OnFailure = "ask_human" }, Step("b")));
        await host.SeenAsync<JobParked>(parked => parked.Reason == ParkReason.NeedsHuman);

        await host.SendAsync(new ApproveJob(id, "ann", null, null));

        await host.SeenAsync<JobCompleted>();
        host.Launched.Should().Equal("a", "b");
    }

    [Fact]
    public async Task Cancel_is_confirmed_only_when_the_runner_says_that_nothing_is_left()
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = _ => null);
        var id = await host.SubmitAsync(Job(Step("a"), Step("b")));
        var launch = await host.SeenAsync<RunStep>();

        await host.SendAsync(new CancelJob(id, "ann", null));
        var cancel = await host.SeenAsync<CancelStep>(cancel => cancel.Key == launch.Key);
        (cancel.Agent, cancel.Role).Should().Be((launch.Agent, StepRole.Implementer), "whoever answers for a launch that nobody claimed knows no more than this");
        host.Seen.OfType<JobCancelled>().Should().BeEmpty();
        await host.PublishAsync(SagaHost.Report(launch, StepOutcome.Cancelled, ErrorCodes.Cancelled));

        (await host.SeenAsync<JobCancelled>()).Outcome.ErrorCode.Should().Be(ErrorCodes.Cancelled);
        host.Launched.Should().Equal("a");
    }

    [Fact]
    public async Task A_cancel_that_overtakes_the_start_of_its_job_is_not_lost()
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = _ => null);
        var id = Guid.NewGuid();

        await host.SendAsync(new CancelJob(id, "ann", null));
        await host.SubmitAsync(Job(Step("a")), id);

        // Tried again soon enough it ends the job before anything is launched.
        var first = await Eventually.GetAsync(() => host.Seen.FirstOrDefault(seen => seen is RunStep or JobCancelled));
        if (first is RunStep launch)
        {
            await host.SeenAsync<CancelStep>(cancel => cancel.Key == launch.Key);
            await host.PublishAsync(SagaHost.Report(launch, StepOutcome.Cancelled, ErrorCodes.Cancelled));
        }

        (await host.SeenAsync<JobCancelled>()).Outcome.ErrorCode.Should().Be(ErrorCodes.Cancelled);
    }

    [Fact]
    public async Task A_diamond_merges_both_sides_and_a_conflict_is_resolved_by_a_person()
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = command => command.Key.StepId == "d" && command.Resolution is null
            ? SagaHost.Report(command, StepOutcome.Parked, ErrorCodes.MergeConflict)
            : SagaHost.Report(command, StepOutcome.Succeeded, changed: true));
        var id = await host.SubmitAsync(Job(Step("a", []), Step("b", ["a"]), Step("c", ["a"]), Step("d", ["b", "c"])));
        await host.SeenAsync<JobParked>(parked => parked is { StepId: "d", Reason: ParkReason.MergeConflict });
        host.Seen.OfType<RunStep>().Last(command => command.Key.StepId == "d").StartFrom.Select(work => work.StepId).Should().Equal("b", "c");

        await host.SendAsync(new ResolveJob(id, "ann", null, "d", new MergeResolution("c", null)));

        await host.SeenAsync<JobCompleted>();
        host.Seen.OfType<RunStep>().Last().Resolution.Should().Be(new MergeResolution("c", null));
    }

    [Theory]
    [InlineData("d", true)]
    [InlineData("b", false)]
    public async Task What_a_person_took_stands_over_a_jump_back_as_long_as_the_work_is_the_same(string target, bool stands)
    {
        var took = new MergeResolution("c", null);
        await using var host = await SagaHost.StartAsync(h => h.Runner = command => command.Key switch
        {
            { StepId: "d" } when command.Resolution is null => SagaHost.Report(command, StepOutcome.Parked, ErrorCodes.MergeConflict),
            { StepId: "e", Visit: 1 } => SagaHost.Report(command, StepOutcome.FailedForGood, ErrorCodes.VerifyFailed),
            _ => SagaHost.Report(command, StepOutcome.Succeeded, changed: true),
        });
        var id = await host.SubmitAsync(Job(Step("b", []), Step("c", []), Step("d", ["b", "c"]), Step("e", ["d"]) with { OnFailure = $"goto:{target}" }));
        await host.SeenAsync<JobParked>(parked => parked.Reason == ParkReason.MergeConflict);

        await host.SendAsync(new ResolveJob(id, "ann", null, "d", took));

        (await host.SeenAsync<RunStep>(command => command.Key is { StepId: "d", Visit: 2 })).Resolution.Should().Be(stands ? took : null);
        if (!stands)
        {
            await Eventually.IsTrueAsync(() => host.Seen.OfType<JobParked>().Count(parked => parked.Reason == ParkReason.MergeConflict) == 2);
            await host.SendAsync(new ResolveJob(id, "ann", null, "d", took));
        }

        await host.SeenAsync<JobCompleted>();
    }

    [Fact]
    public async Task A_step_that_is_visited_again_keeps_its_earlier_work_over_a_failed_attempt()
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = command => command.Key switch
        {
            { StepId: "b", Visit: 2, Attempt: 1 } => SagaHost.Report(command, StepOutcome.Failed, ErrorCodes.AgentFailed),
            { StepId: "c", Visit: 1 } => SagaHost.Report(command, StepOutcome.FailedForGood, ErrorCodes.VerifyFailed),
            _ => SagaHost.Report(command, StepOutcome.Succeeded, changed: true),
        });

        await host.SubmitAsync(Job(Step("a", []), Step("b", ["a"]) with { RetryBackoffSec = 0 }, Step("c", ["b"]) with { OnFailure = "goto:b" }));
        await host.SeenAsync<JobCompleted>();

        host.Seen.OfType<RunStep>().Where(command => command.Key is { StepId: "b", Visit: 2 }).Select(command => string.Join(' ', command.StartFrom.Select(work => work.StepId)))
            .Should().Equal("a b", "a b");
    }

    [Fact]
    public async Task A_failure_that_is_tolerated_hands_on_nothing_of_its_own()
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = command => command.Key.StepId == "b"
            ? SagaHost.Report(command, StepOutcome.FailedForGood, ErrorCodes.VerifyFailed, changed: true)
            : SagaHost.Report(command, StepOutcome.Succeeded, changed: true));

        await host.SubmitAsync(Job(Step("a", []), Step("b", ["a"]) with { OnFailure = "continue" }, Step("c", ["b"])));
        await host.SeenAsync<JobCompleted>();

        (await host.SeenAsync<RunStep>(command => command.Key.StepId == "c")).StartFrom.Should().ContainSingle().Which.StepId.Should().Be("a");
    }

    [Fact]
    public async Task The_jobs_patch_is_that_of_the_work_which_no_later_work_holds()
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = command => SagaHost.Report(command, StepOutcome.Succeeded, changed: true));

        var id = await host.SubmitAsync(Job(Step("a", []), Step("b", ["a"]), Step("c", ["b"])));
        await host.SeenAsync<JobCompleted>();

        var run = await host.AskAsync(db => db.Set<PipelineState>().SingleAsync(run => run.CorrelationId == id));
        Lineage.Heads(run).Should().ContainSingle().Which.Id.Should().Be("c");
    }

    [Fact]
    public async Task Approval_before_a_step_is_asked_for_in_each_visit_and_the_step_is_launched_again()
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = command => command.Key is { StepId: "b", Visit: 1 }
            ? SagaHost.Report(command, StepOutcome.FailedForGood, ErrorCodes.VerifyFailed)
            : SagaHost.Report(command, StepOutcome.Succeeded));
        var id = await host.SubmitAsync(Job(Step("a") with { Approval = StepApproval.Before }, Step("b") with { OnFailure = "goto:a" }));
        await host.SeenAsync<JobParked>();
        await host.SendAsync(new ApproveJob(id, "ann", null, null));
        await Eventually.IsTrueAsync(() => host.Seen.OfType<JobParked>().Count() == 2);

        await host.SendAsync(new ApproveJob(id, "ann", null, null));

        await host.SeenAsync<JobCompleted>();
        host.Launched.Should().Equal("a", "b", "a", "b");
    }

    [Fact]
    public async Task A_step_that_left_the_merge_as_it_was_hands_the_merge_on_and_not_its_sides_again()
    {
        var bundle = new DocumentReference("bundle", "sha");
        await using var host = await SagaHost.StartAsync(h => h.Runner = command => SagaHost.Report(command, StepOutcome.Succeeded, changed: command.Key.StepId != "d") with
        {
            Work = new StepWork(command.Key.StepId, $"commit-{command.Key.StepId}", bundle),
        });

        await host.SubmitAsync(Job(Step("b", []), Step("c", []), Step("d", ["b", "c"]), Step("e", ["d"])));
        await host.SeenAsync<JobCompleted>();

        host.Seen.OfType<RunStep>().First(command => command.Key.StepId == "e").StartFrom.Should().Equal(new StepWork("d", "commit-d", bundle));
    }

    [Fact]
    public async Task A_step_that_started_from_one_work_and_left_it_hands_on_that_work_under_its_own_name()
    {
        var bundle = new DocumentReference("bundle", "sha");
        await using var host = await SagaHost.StartAsync(h => h.Runner = command => SagaHost.Report(command, StepOutcome.Succeeded, changed: command.Key.StepId == "a") with
        {
            Work = new StepWork(command.Key.StepId, "commit-a", bundle),
        });

        await host.SubmitAsync(Job(Step("a", []), Step("b", ["a"]), Step("c", ["b"])));
        await host.SeenAsync<JobCompleted>();

        host.Seen.OfType<RunStep>().First(command => command.Key.StepId == "c").StartFrom.Should().Equal(new StepWork("a", "commit-a", bundle));
    }

    [Fact]
    public async Task A_step_that_no_runner_takes_is_shown_as_an_outage_and_sent_again()
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = _ => null);
        await host.SubmitAsync(Job(Step("a")));
        var launch = await host.SeenAsync<RunStep>();

        await host.SeenAsync<JobParked>(parked => parked.Reason == ParkReason.Outage);
        await Eventually.IsTrueAsync(() => host.Seen.OfType<RunStep>().Count(command => command.Key == launch.Key) >= 2);
        await host.PublishAsync(SagaHost.Report(launch, StepOutcome.Succeeded));

        await host.SeenAsync<JobCompleted>();
    }

    [Fact]
    public async Task A_cancel_is_told_again_until_it_is_answered_also_to_a_runner_that_had_just_begun()
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = _ => null, new Dictionary<string, string?> { ["Pipeline:CancelDeadline"] = "00:00:01", ["Pipeline:DispatchDeadline"] = "01:00:00" });
        var id = await host.SubmitAsync(Job(Step("a")));
        var launch = await host.SeenAsync<RunStep>();
        await host.SendAsync(new CancelJob(id, "ann", null));
        await host.SeenAsync<CancelStep>();

        await host.PublishAsync(new StepStarted(launch.Key, launch.Role, launch.Agent, "a runner", TimeProvider.System.GetUtcNow()));

        await Eventually.IsTrueAsync(() => host.Seen.OfType<CancelStep>().Count() >= 4);
    }

    [Fact]
    public async Task Starting_a_run_again_changes_nothing_and_a_finished_run_reports_again()
    {
        await using var host = await SagaHost.StartAsync();
        var job = Job(Step("a"));
        var id = await host.SubmitAsync(job);
        await host.SeenAsync<JobCompleted>();

        await host.SendAsync(new StartPipeline(id, job.JobId, 1, new DocumentReference("gone", "gone"), DateTimeOffset.UnixEpoch));

        await Eventually.IsTrueAsync(() => host.Seen.OfType<JobCompleted>().Count() == 2);
        host.Launched.Should().Equal("a");
    }
}
