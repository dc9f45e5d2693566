using System.Text.Json;
using AwesomeAssertions;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.UnitTests.Gateway.ReadModel;

public sealed class WaitingTests(GatewayHost gateway) : IClassFixture<GatewayHost>
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_job_runs_as_long_as_a_branch_of_it_does_and_shows_what_waits_meanwhile()
    {
        var (id, pipeline) = await SubmitAsync();
        await gateway.TellAsync(Started(pipeline, id, "b", 1), id, job => StatusOf(job, "b") == "running");
        await gateway.TellAsync(Started(pipeline, id, "c", 2), id, job => StatusOf(job, "c") == "running");

        await gateway.TellAsync(new JobParked(pipeline, id, 1, "b", ParkReason.Approval, "Look at b.", null, Noon.AddSeconds(10), Moving: true), id, job => StatusOf(job, "b") == "parked");
        var meanwhile = await gateway.JobAsync(id);
        var old = await (await gateway.Admin.GetAsync($"/jobs/{id}")).JsonAsync();
        await gateway.TellAsync(new JobHalted(pipeline, id, 1, Noon.AddSeconds(20)), id, job => job.Text("status") == "parked");
        var halted = await gateway.JobAsync(id);

        meanwhile.Text("status").Should().Be("running");
        meanwhile.GetProperty("parked").Text("step_id").Should().Be("b");
        old.Text("status").Should().Be("running");
        old.GetProperty("state").GetProperty("steps").GetProperty("b").Text("status").Should().Be("needs_human");
        halted.GetProperty("parked").Text("detail").Should().Be("Look at b.");
    }

    [Fact]
    public async Task A_job_whose_other_step_still_waits_stays_parked_for_that_one()
    {
        var (id, pipeline) = await SubmitAsync();
        await gateway.PublishAsync(new JobParked(pipeline, id, 1, "b", ParkReason.Approval, "Look at b.", null, Noon));
        await gateway.TellAsync(new JobParked(pipeline, id, 1, "c", ParkReason.MergeConflict, "Look at c.", null, Noon.AddSeconds(1)), id, job => StatusOf(job, "b") == "parked" && StatusOf(job, "c") == "parked");

        await gateway.TellAsync(new JobResumed(pipeline, id, 1, "c", "ann", Noon.AddSeconds(2), Moving: false), id, job => StatusOf(job, "c") != "parked");

        var job = await gateway.JobAsync(id);
        (job.Text("status"), job.GetProperty("parked").Text("step_id"), job.GetProperty("parked").Text("reason")).Should().Be(("parked", "b", "approval"));
    }

    private async Task<(string Id, Guid Pipeline)> SubmitAsync()
    {
        object Step(string id, params string[] after) => new { step_id = id, agent = "simulated", role = "implementer", prompt = "p", depends_on = after };
        var id = await gateway.SubmitAsync(new { goal = "Two branches.", steps = new[] { Step("b"), Step("c"), Step("d", "b", "c") } });
        var pipeline = await gateway.PipelineIdAsync(id);
        await gateway.TellAsync(new JobStarted(pipeline, id, 1, Noon.AddMinutes(-1)), id, job => job.Text("status") == "running");
        return (id, pipeline);
    }

    private static StepStarted Started(Guid pipeline, string id, string step, long token) =>
        new(new AttemptKey(pipeline, id, 1, step, 1, 1, token), StepRole.Implementer, "simulated", "r", Noon);

    private static string StatusOf(JsonElement job, string step) =>
        job.GetProperty("steps").EnumerateArray().Single(row => row.Text("step_id") == step).Text("status");
}
