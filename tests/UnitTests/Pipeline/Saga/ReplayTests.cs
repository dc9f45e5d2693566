using AwesomeAssertions;
using Orchestrator.Contracts.Budget;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;
using static Orchestrator.UnitTests.Pipeline.Saga.SagaJobs;

namespace Orchestrator.UnitTests.Pipeline.Saga;

/// <summary>Copies with new message ids: the inbox does not know them, the saga does.</summary>
public sealed class ReplayTests
{
    [Fact]
    public async Task Replaying_everything_three_times_in_any_order_changes_nothing()
    {
        await using var host = await SagaHost.StartAsync();
        var job = Job("job-0001", Step("a"), Step("b"), Step("c"));
        await host.SubmitAsync(job);
        await host.SeenAsync<JobCompleted>();
        await Eventually.IsTrueAsync(() => host.Seen.OfType<SettleBudget>().Count() == 3);
        var told = host.Told.ToArray();
        var luck = new Random(1);

        for (var round = 0; round < 3; round++)
        {
            luck.Shuffle(told);
            foreach (var message in told)
                await host.PublishAsync(message);
            await host.SendAsync(host.Started[job.JobId]);
        }

        await Eventually.IsTrueAsync(() => host.Seen.OfType<JobCompleted>().Count() == 4 && host.Seen.OfType<SettleBudget>().Count() == 12);
        host.Launched.Should().Equal("a", "b", "c");
        host.Seen.OfType<JobCompleted>().Select(done => (done.Run, done.Outcome.Launches, done.Outcome.Usage.CostMicroUsd)).Distinct().Should().Equal((1, 3, 30L));
        host.Seen.OfType<SettleBudget>().Select(settle => settle with { Next = null }).Distinct().Should().HaveCount(3, "the ledger books each launch once by its key");
    }

    [Fact]
    public async Task A_report_that_comes_again_in_the_middle_of_a_run_moves_nothing_on()
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = command => command.Key.StepId == "b" ? null : SagaHost.Report(command, StepOutcome.Succeeded));
        var job = Job("job-0001", Step("a"), Step("b"), Step("c"));
        await host.SubmitAsync(job);
        var second = await host.SeenAsync<RunStep>(command => command.Key.StepId == "b");

        foreach (var message in host.Told.Concat(host.Told).ToArray())
            await host.PublishAsync(message);
        await host.PublishAsync(SagaHost.Report(second, StepOutcome.Succeeded));
        await host.SeenAsync<JobCompleted>();

        host.Launched.Should().Equal("a", "b", "c");
        host.Seen.OfType<JobCompleted>().Single().Outcome.Usage.CostMicroUsd.Should().Be(30);
    }

    [Fact]
    public async Task Neighbours_with_similar_names_in_one_queue_never_touch_each_other()
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = command => command.Key is { StepId: "b", Run: 1 } ? null : SagaHost.Report(command, StepOutcome.Succeeded));
        var (one, other) = (Job("job-0001", Step("a") with { Approval = StepApproval.After }, Step("b")), Job("job-000123", Step("a") with { Approval = StepApproval.After }, Step("b")));
        var (id, otherId) = (await host.SubmitAsync(one), await host.SubmitAsync(other));
        await Eventually.IsTrueAsync(() => host.Seen.OfType<JobParked>().Count() == 2);

        await host.SendAsync(new ApproveJob(id, "ann", null, "a"));
        var launch = await host.SeenAsync<RunStep>(command => command.Key.StepId == "b");
        await host.SendAsync(host.Started["job-0001"]);
        await host.SendAsync(new CancelJob(id, "ann", null));
        await host.SeenAsync<CancelStep>(cancel => cancel.Key == launch.Key);
        await host.PublishAsync(SagaHost.Report(launch, StepOutcome.Cancelled, ErrorCodes.Cancelled));
        await host.SeenAsync<JobCancelled>();
        await host.RetryAsync("job-0001");
        await host.SeenAsync<JobCompleted>();

        launch.Key.JobId.Should().Be("job-0001");
        host.Seen.OfType<JobResumed>().Should().OnlyContain(resumed => resumed.JobId == "job-0001");
        host.Seen.OfType<CancelStep>().Should().OnlyContain(cancel => cancel.Key.JobId == "job-0001");
        host.Seen.OfType<RunStep>().Where(command => command.Key.JobId == "job-000123").Select(command => command.Key.StepId).Should().Equal("a");
        await host.SendAsync(new CancelJob(otherId, "bob", null));
        (await host.SeenAsync<JobCancelled>(cancelled => cancelled.JobId == "job-000123")).Outcome.ErrorMessage.Should().Be("Cancelled by bob.");
        host.Seen.OfType<JobCompleted>().Should().ContainSingle().Which.JobId.Should().Be("job-0001");
    }

    private static JobDocument Job(string id, params StepDocument[] steps) => new() { JobId = id, Goal = "test", Steps = steps };
}
