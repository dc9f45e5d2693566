using System.Net;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.UnitTests.Gateway.Jobs;

public sealed class JobRetryTests(GatewayHost gateway) : IClassFixture<GatewayHost>
{
    [Fact]
    public async Task Two_who_retry_at_the_same_time_get_one_run()
    {
        var id = await FailedAsync();

        var answers = await Task.WhenAll(RetryAsync(id), RetryAsync(id));

        answers.Select(answer => answer.StatusCode).Should().Contain(HttpStatusCode.Accepted).And.OnlyContain(code => code == HttpStatusCode.Accepted || code == HttpStatusCode.Conflict);
        (await gateway.QueryAsync(db => db.JobRuns.CountAsync(run => db.Jobs.Any(job => job.JobId == id && job.PipelineId == run.JobPipelineId)))).Should().Be(2);
        (await gateway.JobAsync(id)).GetProperty("run").GetInt32().Should().Be(2);
    }

    [Fact]
    public async Task A_job_that_is_not_over_a_step_that_is_not_there_and_nothing_to_retry_are_told_apart()
    {
        var id = await gateway.SubmitAsync(new { goal = "x" });

        await (await RetryAsync(id)).ProblemAsync(HttpStatusCode.Conflict, "job_not_over");
        var unknown = await (await RetryAsync(id, "?from=02_imp")).ProblemAsync(HttpStatusCode.NotFound, "unknown_step");
        await (await RetryAsync("no-such-job")).ProblemAsync(HttpStatusCode.NotFound, "not_found");
        await gateway.FinishAsync(id);
        await (await RetryAsync(id)).ProblemAsync(HttpStatusCode.Conflict, "nothing_to_retry");

        unknown.Text("hint").Should().Contain("02_implement");
        (await RetryAsync(id, "?from=02_implement")).StatusCode.Should().Be(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task Both_runs_their_launches_and_their_cost_stay_visible_and_late_news_of_the_first_moves_nothing()
    {
        var id = await FailedAsync();
        (await RetryAsync(id)).StatusCode.Should().Be(HttpStatusCode.Accepted);
        var (first, saga) = await gateway.QueryAsync(async db =>
        {
            var job = await db.Jobs.SingleAsync(row => row.JobId == id);
            return (job.PipelineId, job.Saga);
        });
        var now = TimeProvider.System.GetUtcNow();

        await gateway.TellAsync(new JobStarted(saga, id, 2, now, ["01_plan"]), id, job => job.Text("status") == "running");
        await gateway.PublishAsync(new JobParked(first, id, 1, "02_implement", ParkReason.Backoff, "late", null, now.AddHours(1)));
        await gateway.PublishAsync(Report(new AttemptKey(saga, id, 2, "02_implement", 1, 1, 3), StepOutcome.Succeeded));
        await gateway.TellAsync(
            new JobCompleted(saga, id, 2, new JobOutcome { Summary = "Done.", Launches = 1, StartedAt = now, FinishedAt = now }), id, job => job.Text("status") == "completed");

        var job = await gateway.JobAsync(id);
        job.GetProperty("runs").EnumerateArray().Select(run => (run.Text("status"), run.GetProperty("launches").GetInt32(), run.GetProperty("cost_usd").GetDecimal()))
            .Should().Equal(("failed", 2, 0.00002m), ("completed", 1, 0.00001m));
        var steps = job.GetProperty("steps").EnumerateArray().ToList();
        steps[0].Text("status").Should().Be("succeeded", "it is reused");
        steps[1].Text("status").Should().Be("succeeded");
        steps[1].GetProperty("attempts").EnumerateArray().Select(launch => launch.GetProperty("run").GetInt32()).Should().Equal(1, 2);
        steps[2].Text("status").Should().Be("pending");
    }

    private async Task<string> FailedAsync()
    {
        var id = await gateway.SubmitAsync(new { goal = "x" });
        var pipeline = await gateway.PipelineIdAsync(id);
        await gateway.PublishAsync(Report(new AttemptKey(pipeline, id, 1, "01_plan", 1, 1, 1), StepOutcome.Succeeded));
        await gateway.TellAsync(
            Report(new AttemptKey(pipeline, id, 1, "02_implement", 1, 1, 2), StepOutcome.FailedForGood), id,
            job => job.GetProperty("steps").EnumerateArray().Count(step => step.Text("status") is "failed" or "succeeded") == 2);
        var now = TimeProvider.System.GetUtcNow();
        await gateway.TellAsync(
            new JobFailed(pipeline, id, 1, new JobOutcome { Summary = "No.", ErrorCode = ErrorCodes.AgentFailed, Launches = 2, StartedAt = now, FinishedAt = now }), id,
            job => job.Text("status") == "failed");
        return id;
    }

    private Task<HttpResponseMessage> RetryAsync(string id, string query = "") => gateway.Admin.PostAsync($"/v1/jobs/{id}/retry{query}", null);

    private static StepFinished Report(AttemptKey key, StepOutcome outcome) => new()
    {
        Key = key,
        Outcome = outcome,
        Agent = "simulated",
        Role = StepRole.Implementer,
        Usage = new AgentUsage { CostMicroUsd = 10 },
        StartedAt = TimeProvider.System.GetUtcNow(),
        FinishedAt = TimeProvider.System.GetUtcNow(),
    };
}
