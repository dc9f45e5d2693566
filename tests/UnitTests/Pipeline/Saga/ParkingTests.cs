using AwesomeAssertions;
using Orchestrator.Contracts.Budget;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;
using static Orchestrator.UnitTests.Pipeline.Saga.SagaJobs;

namespace Orchestrator.UnitTests.Pipeline.Saga;

public sealed class ParkingTests
{
    [Theory]
    [InlineData(ErrorCodes.ProviderLimit, ParkReason.ProviderLimit)]
    [InlineData(ErrorCodes.AgentUnavailable, ParkReason.AgentUnavailable)]
    [InlineData(ErrorCodes.SandboxUnavailable, ParkReason.SandboxUnavailable)]
    [InlineData(ErrorCodes.ProviderError, ParkReason.Outage)]
    public async Task What_a_runner_reports_as_parked_goes_on_at_its_time_also_after_a_restart(string code, ParkReason reason)
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = command => command.Key.Attempt == 1
            ? SagaHost.Report(command, StepOutcome.Parked, code) with { RetryAt = TimeProvider.System.GetUtcNow().AddSeconds(1) }
            : SagaHost.Report(command, StepOutcome.Succeeded));
        await host.SubmitAsync(Job(Step("a")));
        var parked = await host.SeenAsync<JobParked>();

        await host.RestartAsync();

        await host.SeenAsync<JobCompleted>();
        parked.Should().BeEquivalentTo(new { Reason = reason, StepId = "a" });
        parked.WakeAt.Should().NotBeNull();
        host.Seen.OfType<JobResumed>().Should().ContainSingle(resumed => resumed.Actor == "sweep");
    }

    [Theory]
    [InlineData(ErrorCodes.ProviderLimit)]
    [InlineData(ErrorCodes.AgentUnavailable)]
    [InlineData(ErrorCodes.SandboxUnavailable)]
    [InlineData(ErrorCodes.ProviderError)]
    public async Task A_person_wakes_it_before_its_time(string code)
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = command => command.Key.Attempt == 1
            ? SagaHost.Report(command, StepOutcome.Parked, code) with { RetryAt = TimeProvider.System.GetUtcNow().AddHours(1) }
            : SagaHost.Report(command, StepOutcome.Succeeded));
        var id = await host.SubmitAsync(Job(Step("a")));
        await host.SeenAsync<JobParked>();

        await host.SendAsync(new WakeJob(id, "ann", null, Force: true));

        await host.SeenAsync<JobCompleted>();
        host.Seen.OfType<JobResumed>().Should().ContainSingle(resumed => resumed.Actor == "ann");
    }

    [Fact]
    public async Task A_person_has_a_step_that_no_runner_took_sent_again_at_once()
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = _ => null, new Dictionary<string, string?> { ["Pipeline:DispatchDeadline"] = "00:00:04" });
        var id = await host.SubmitAsync(Job(Step("a")));
        await host.SeenAsync<JobParked>();
        await Eventually.GetAsync(() => host.Seen.OfType<RunStep>().Skip(1).FirstOrDefault());
        host.Runner = command => SagaHost.Report(command, StepOutcome.Succeeded);

        await host.SendAsync(new WakeJob(id, "ann", null, Force: true));

        await host.SeenAsync<JobCompleted>();
        host.Seen.OfType<RunStep>().Should().HaveCount(3, "the third is ann's; the deadline's own would have come eight seconds after the second");
    }

    [Theory]
    [InlineData(ErrorCodes.ProviderLimit, 60, 120, 240)]
    [InlineData(ErrorCodes.ProviderError, 60, 120, 240)]
    [InlineData(ErrorCodes.StorageUnavailable, 60, 120, 240)]
    [InlineData(ErrorCodes.AgentUnavailable, 60, 60, 60)]
    [InlineData(ErrorCodes.SandboxUnavailable, 60, 60, 60)]
    public async Task An_empty_account_and_an_outage_are_tried_ever_more_seldom_and_what_this_machine_lacks_is_not(string code, params int[] pauses)
    {
        await using var host = await SagaHost.StartAsync(
            h => h.Runner = command => command.Key.Attempt <= pauses.Length
                ? SagaHost.Report(command, StepOutcome.Parked, code)
                : SagaHost.Report(command, StepOutcome.Succeeded),
            new Dictionary<string, string?> { ["Pipeline:ProbeAgain"] = "00:01:00" });
        var id = await host.SubmitAsync(Job(Step("a")));
        for (var parked = 1; parked <= pauses.Length; parked++)
        {
            var times = parked;
            await Eventually.GetAsync(() => host.Seen.OfType<JobParked>().Skip(times - 1).FirstOrDefault());
            await host.SendAsync(new WakeJob(id, "ann", null, Force: true));
        }

        await host.SeenAsync<JobCompleted>();
        host.Seen.OfType<JobParked>().Select(parked => Math.Round((parked.WakeAt!.Value - parked.At).TotalSeconds / 10) * 10).Should().Equal(pauses.Select(pause => (double)pause));
    }

    [Fact]
    public async Task A_denied_budget_parks_until_it_fits_also_over_a_restart()
    {
        var fitsAt = (DateTimeOffset?)null;
        await using var host = await SagaHost.StartAsync(h => h.Budget = command => TimeProvider.System.GetUtcNow() < (fitsAt ??= TimeProvider.System.GetUtcNow().AddSeconds(1))
            ? new BudgetDenied(command.Key, "the test's budget", fitsAt)
            : new BudgetReserved(command.Key, null));
        await host.SubmitAsync(Job(Step("a")));
        var parked = await host.SeenAsync<JobParked>();

        await host.RestartAsync();

        await host.SeenAsync<JobCompleted>();
        parked.Should().BeEquivalentTo(new { Reason = ParkReason.Budget, WakeAt = fitsAt });
    }

    [Fact]
    public async Task A_budget_into_which_the_step_can_never_fit_fails_it_and_nothing_is_launched()
    {
        await using var host = await SagaHost.StartAsync(h => h.Budget = command => new BudgetDenied(command.Key, "the test's budget", FitsAt: null));

        await host.SubmitAsync(Job(Step("a")));

        (await host.SeenAsync<JobFailed>()).Outcome.Should().BeEquivalentTo(new { StepId = "a", ErrorCode = ErrorCodes.BudgetDenied });
        host.Launched.Should().BeEmpty();
        host.Seen.OfType<JobParked>().Should().BeEmpty();
    }

    [Fact]
    public async Task A_cancel_gives_back_what_was_reserved_for_a_step_that_was_not_launched()
    {
        await using var host = await SagaHost.StartAsync(h => h.Budget = _ => null);
        var id = await host.SubmitAsync(Job(Step("a")));
        var reserve = await host.SeenAsync<ReserveBudget>();

        await host.SendAsync(new CancelJob(id, "ann", null));

        await host.SeenAsync<JobCancelled>();
        await host.SeenAsync<ReleaseBudget>(release => release.Key == reserve.Key);
        host.Launched.Should().BeEmpty();
    }

    [Fact]
    public async Task A_run_that_has_failed_does_not_wait_for_a_branch_that_is_parked()
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = _ => null);
        await host.SubmitAsync(Job(Step("a") with { DependsOn = [] }, Step("b") with { DependsOn = [], Approval = StepApproval.Before }));
        await host.SeenAsync<JobParked>();
        var launch = await host.SeenAsync<RunStep>();

        await host.PublishAsync(SagaHost.Report(launch, StepOutcome.FailedForGood, ErrorCodes.VerifyFailed));

        (await host.SeenAsync<JobFailed>()).Outcome.StepId.Should().Be("a");
    }

    [Fact]
    public async Task A_back_off_ends_after_a_restart()
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = command =>
            SagaHost.Report(command, command.Key.Attempt == 1 ? StepOutcome.Failed : StepOutcome.Succeeded));
        await host.SubmitAsync(Job(Step("a") with { RetryBackoffSec = 1 }));
        (await host.SeenAsync<JobParked>()).Reason.Should().Be(ParkReason.Backoff);

        await host.RestartAsync();

        await host.SeenAsync<JobCompleted>();
    }

    [Fact]
    public async Task An_approval_is_waited_for_over_a_restart_and_no_wake_replaces_it()
    {
        await using var host = await SagaHost.StartAsync();
        var id = await host.SubmitAsync(Job(Step("a") with { Approval = StepApproval.Before }));
        await host.SeenAsync<JobParked>(parked => parked.Reason == ParkReason.Approval);
        await host.RestartAsync();
        await host.SendAsync(new WakeJob(id, "ann", null, Force: true));
        host.Launched.Should().BeEmpty();

        await host.SendAsync(new ApproveJob(id, "ann", null, "a"));

        await host.SeenAsync<JobCompleted>();
    }

    [Theory]
    [InlineData(ErrorCodes.AgentUnavailable, "Pipeline:UnavailableDeadline")]
    [InlineData(ErrorCodes.ProviderError, "Pipeline:OutageDeadline")]
    [InlineData(ErrorCodes.RepositoryUnavailable, "Pipeline:OutageDeadline")]
    public async Task What_stays_away_fails_the_step_under_its_name_when_the_deadline_has_passed(string code, string deadline)
    {
        await using var host = await SagaHost.StartAsync(
            h => h.Runner = command => SagaHost.Report(command, StepOutcome.Parked, code),
            new Dictionary<string, string?> { [deadline] = "00:00:02" });

        await host.SubmitAsync(Job(Step("a") with { MaxRetries = 0 }));

        (await host.SeenAsync<JobFailed>()).Outcome.ErrorCode.Should().Be(code);
        host.Launched.Count.Should().BeGreaterThan(1, "it was looked for again before, and no attempt was burned");
    }

    [Fact]
    public async Task A_limit_in_between_does_not_begin_the_deadline_of_an_outage_anew()
    {
        await using var host = await SagaHost.StartAsync(
            h => h.Runner = command => command.Key.Attempt % 2 == 0
                ? SagaHost.Report(command, StepOutcome.Parked, ErrorCodes.ProviderLimit) with { RetryAt = TimeProvider.System.GetUtcNow().AddSeconds(0.2) }
                : SagaHost.Report(command, StepOutcome.Parked, ErrorCodes.ProviderError),
            new Dictionary<string, string?> { ["Pipeline:OutageDeadline"] = "00:00:02" });

        await host.SubmitAsync(Job(Step("a")));

        (await host.SeenAsync<JobFailed>()).Outcome.ErrorCode.Should().Be(ErrorCodes.ProviderError);
        host.Launched.Count.Should().BeGreaterThan(2);
    }

    [Fact]
    public async Task It_is_told_whether_another_branch_goes_on_and_when_the_last_of_them_is_over()
    {
        await using var host = await SagaHost.StartAsync(
            h => h.Runner = command => command.Key.StepId == "c" ? null : SagaHost.Report(command, StepOutcome.Succeeded),
            new Dictionary<string, string?> { ["Pipeline:DispatchDeadline"] = "00:01:00" });
        var id = await host.SubmitAsync(Job(
            Step("a") with { DependsOn = [], Approval = StepApproval.After }, Step("b") with { DependsOn = [], Approval = StepApproval.After }, Step("c") with { DependsOn = [] }));
        await Eventually.IsTrueAsync(() => host.Seen.OfType<JobParked>().Count() == 2);
        host.Seen.OfType<JobParked>().Should().OnlyContain(parked => parked.Moving, "c is on its way");

        var launch = await host.SeenAsync<RunStep>(command => command.Key.StepId == "c");
        await host.PublishAsync(SagaHost.Report(launch, StepOutcome.Succeeded));
        await host.SeenAsync<JobHalted>();
        await host.SendAsync(new ApproveJob(id, "ann", null, "a"));
        (await host.SeenAsync<JobResumed>()).Should().BeEquivalentTo(new { StepId = "a", Moving = false }, "b is still waited for");
        await host.SendAsync(new ApproveJob(id, "ann", null, "b"));

        await host.SeenAsync<JobCompleted>();
        host.Seen.OfType<JobHalted>().Should().ContainSingle();
    }
}
