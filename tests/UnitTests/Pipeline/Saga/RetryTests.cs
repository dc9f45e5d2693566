using AwesomeAssertions;
using System.Text.Json;
using Orchestrator.Contracts.Budget;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;
using static Orchestrator.UnitTests.Pipeline.Saga.SagaJobs;

namespace Orchestrator.UnitTests.Pipeline.Saga;

public sealed class RetryTests
{
    [Fact]
    public async Task A_retry_goes_on_at_what_failed_and_pays_nothing_again()
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = FailsInRunOne("b"));
        var job = Job(Step("a"), Step("b"), Step("c"));
        await host.SubmitAsync(job);
        var failed = await host.SeenAsync<JobFailed>();

        await host.RetryAsync(job.JobId);

        var done = await host.SeenAsync<JobCompleted>();
        host.Launched.Should().Equal("a", "b", "b", "c");
        var again = host.Seen.OfType<RunStep>().Where(command => command.Key.Run == 2).ToList();
        again[0].Key.Token.Should().BeGreaterThan(failed.Outcome.Launches - 1).And.Be(3);
        again[0].StartFrom.Should().BeEquivalentTo(host.Seen.OfType<RunStep>().Single(command => command.Key is { Run: 1, StepId: "b" }).StartFrom);
        again[0].StartFrom.Should().ContainSingle(work => work.StepId == "a");
        again[0].Comments.Should().ContainSingle().Which.Should().Contain("Run 1 failed here").And.Contain("because verify_failed");
        done.Run.Should().Be(2);
        done.Outcome.Should().BeEquivalentTo(new { Launches = 2, EarlierMicroUsd = 20L, Reused = new[] { "a" } });
        done.Outcome.Usage.CostMicroUsd.Should().Be(20);
    }

    [Fact]
    public async Task The_new_result_holds_the_reused_steps_and_the_earlier_one_stays_readable()
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = FailsInRunOne("b"));
        var job = Job(Step("a"), Step("b"));
        await host.SubmitAsync(job);
        await host.SeenAsync<JobFailed>();

        await host.RetryAsync(job.JobId);
        await host.SeenAsync<JobCompleted>();

        var (now, before) = (await ResultAsync(host, $"{job.JobId}/result.json"), await ResultAsync(host, $"{job.JobId}/runs/1/result.json"));
        now.GetProperty("status").GetString().Should().Be("success");
        before.GetProperty("status").GetString().Should().Be("failed");
        now.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("step_id").GetString()).Should().Equal("a", "b");
        now.GetProperty("metrics").GetProperty("cost_usd").GetDecimal().Should().Be(0.00001m);
        now.GetProperty("metrics").GetProperty("cost_usd_all_runs").GetDecimal().Should().Be(0.00003m);
    }

    [Fact]
    public async Task From_a_step_it_and_all_that_depends_on_it_run_again_and_nothing_else()
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = command => SagaHost.Report(command, StepOutcome.Succeeded, changed: true));
        var job = Job(Step("a", []), Step("b", ["a"]), Step("c", ["a"]), Step("d", ["b", "c"]));
        await host.SubmitAsync(job);
        await host.SeenAsync<JobCompleted>();

        await host.RetryAsync(job.JobId, from: "c");

        await host.SeenAsync<JobCompleted>(done => done.Run == 2);
        host.Launched.Skip(4).Should().Equal("c", "d");
        var join = host.Seen.OfType<RunStep>().Last();
        join.StartFrom.Select(work => work.StepId).Should().Equal("b", "c");
        join.StartFrom.Select(work => work.Commit).Should().OnlyHaveUniqueItems().And.Contain(commit => commit.EndsWith("-5"));
        host.Seen.OfType<JobStarted>().Last().Reused.Should().Equal("a", "b");
    }

    [Fact]
    public async Task A_second_retry_counts_what_all_runs_before_it_cost()
    {
        await using var host = await SagaHost.StartAsync();
        var job = Job(Step("a"), Step("b"));
        await host.SubmitAsync(job);
        await host.SeenAsync<JobCompleted>();
        await host.RetryAsync(job.JobId, from: "b");
        await host.SeenAsync<JobCompleted>(done => done.Run == 2);

        await host.RetryAsync(job.JobId, from: "a");

        var third = await host.SeenAsync<JobCompleted>(done => done.Run == 3);
        third.Outcome.Should().BeEquivalentTo(new { Launches = 2, EarlierMicroUsd = 30L });
        (await host.ArtifactAsync($"{job.JobId}/runs/2/result.json")).Should().NotBeNull();
    }

    [Fact]
    public async Task A_cancelled_job_is_carried_on_where_it_was_stopped()
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = command => command.Key is { Run: 1, StepId: "b" } ? null : SagaHost.Report(command, StepOutcome.Succeeded));
        var job = Job(Step("a"), Step("b"));
        var id = await host.SubmitAsync(job);
        var launch = await host.SeenAsync<RunStep>(command => command.Key.StepId == "b");
        await host.SendAsync(new CancelJob(id, "ann", null));
        await host.SeenAsync<CancelStep>();
        await host.PublishAsync(SagaHost.Report(launch, StepOutcome.Cancelled, ErrorCodes.Cancelled));
        await host.SeenAsync<JobCancelled>();

        await host.RetryAsync(job.JobId);

        await host.SeenAsync<JobCompleted>(done => done.Run == 2);
        host.Launched.Should().Equal("a", "b", "b");
    }

    [Fact]
    public async Task A_rejected_job_is_asked_about_again()
    {
        await using var host = await SagaHost.StartAsync();
        var job = Job(Step("a"));
        job = job with { Policy = job.Policy with { RequiresApproval = true } };
        var id = await host.SubmitAsync(job);
        await host.SeenAsync<JobParked>();
        await host.SendAsync(new RejectJob(id, "ann", null, null));
        await host.SeenAsync<JobFailed>();

        var retry = await host.RetryAsync(job.JobId);
        await host.SeenAsync<JobParked>(parked => parked.Run == 2);
        host.Launched.Should().BeEmpty();
        await host.SendAsync(new ApproveJob(retry.PipelineId, "bob", null, null));

        await host.SeenAsync<JobCompleted>(done => done.Run == 2);
    }

    [Fact]
    public async Task Starting_the_same_run_twice_and_late_reports_of_the_earlier_run_change_nothing()
    {
        await using var host = await SagaHost.StartAsync(h => h.Runner = FailsInRunOne("b"));
        var job = Job(Step("a"), Step("b"));
        await host.SubmitAsync(job);
        await host.SeenAsync<JobFailed>();
        var retry = await host.RetryAsync(job.JobId);
        await host.SeenAsync<JobCompleted>();

        await host.SendAsync(retry);
        await host.PublishAsync(SagaHost.Report(host.Seen.OfType<RunStep>().First(command => command.Key.StepId == "b"), StepOutcome.Succeeded));

        await Eventually.IsTrueAsync(() => host.Seen.OfType<JobCompleted>().Count() == 2);
        host.Seen.OfType<JobCompleted>().Distinct().Select(done => done.Run).Distinct().Should().Equal(2);
        host.Launched.Should().Equal("a", "b", "b");
        host.Seen.OfType<SettleBudget>().Where(settle => settle.Key.StepId == "b").Select(settle => settle.Key.Run).Distinct().Should().BeEquivalentTo([1, 2]);
    }

    private static Func<RunStep, StepFinished?> FailsInRunOne(string step) => command =>
        command.Key.Run == 1 && command.Key.StepId == step
            ? SagaHost.Report(command, StepOutcome.FailedForGood, ErrorCodes.VerifyFailed)
            : SagaHost.Report(command, StepOutcome.Succeeded, changed: true);

    private static async Task<JsonElement> ResultAsync(SagaHost host, string path) => JsonDocument.Parse((await host.ArtifactAsync(path))!).RootElement;

    private static JobDocument Job(params StepDocument[] steps) =>
        new() { JobId = Guid.NewGuid().ToString("N"), Goal = "test", Steps = steps, ArtifactHandoff = ArtifactHandoff.PatchFirst };
}
