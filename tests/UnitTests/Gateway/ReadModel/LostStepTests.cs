using AwesomeAssertions;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.UnitTests.Gateway.ReadModel;

public sealed class LostStepTests(GatewayHost gateway) : IClassFixture<GatewayHost>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_step_that_is_given_up_after_lost_launches_is_not_shown_as_waiting_whatever_comes_first(bool reportFirst)
    {
        var id = await gateway.SubmitAsync(new { goal = "x" });
        var pipeline = await gateway.PipelineIdAsync(id);
        var now = TimeProvider.System.GetUtcNow();
        var lost = new StepFinished
        {
            Key = new AttemptKey(pipeline, id, 1, "01_plan", 1, 3, 3),
            Outcome = StepOutcome.Lost,
            ErrorCode = "lease_lost",
            Agent = "simulated",
            Role = StepRole.Planner,
            Usage = new AgentUsage(),
            StartedAt = now,
            FinishedAt = now,
        };
        var failed = new JobFailed(pipeline, id, 1, new JobOutcome { Summary = "No.", ErrorCode = ErrorCodes.Poisoned, ErrorMessage = "3 launches were lost.", StepId = "01_plan", Launches = 3, StartedAt = now, FinishedAt = now });

        if (reportFirst)
            await gateway.TellAsync(lost, id, job => Step(job).Text("status") == "waiting_retry");
        await gateway.TellAsync(failed, id, job => job.Text("status") == "failed");
        if (!reportFirst)
            await gateway.TellAsync(lost, id, job => Step(job).GetProperty("attempts").GetArrayLength() == 1);

        var step = Step(await gateway.JobAsync(id));
        (step.Text("status"), step.GetProperty("error").Text("code")).Should().Be(("failed", ErrorCodes.Poisoned));
    }

    private static System.Text.Json.JsonElement Step(System.Text.Json.JsonElement job) => job.GetProperty("steps")[0];
}
