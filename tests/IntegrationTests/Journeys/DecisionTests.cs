using AwesomeAssertions;
using Orchestrator.TestServers.Systems;
using static Orchestrator.IntegrationTests.Journeys.JourneyJobs;

namespace Orchestrator.IntegrationTests.Journeys;

/// <summary>Jobs that wait for a person, and what follows a failed step, on real parts.</summary>
[Collection(nameof(OneSystem))]
public sealed class DecisionTests(OneSystem one)
{
    private RunningSystem System => one.System;

    [Fact]
    public async Task Approvals_before_and_after_a_step_continue_from_there_and_launch_nothing_twice()
    {
        var id = await System.SubmitAsync("Ask me.", null,
            Step("a", "write path=a.txt text=a", more: ("approval", "after")),
            Step("b", "write path=b.txt text=b", more: ("approval", "before")),
            Step("c", "report text=done"));

        (await System.ParkedAsync(id, "a")).GetProperty("reason").GetString().Should().Be("approval");
        StepOf(await System.JobAsync(id), "b").GetProperty("status").GetString().Should().Be("pending");
        (await System.Http.GetStringAsync($"/v1/jobs/{id}/artifacts/steps/a/patch.diff", TestContext.Current.CancellationToken)).Should().Contain("+++ b/a.txt", "whoever approves sees what");
        await System.TellAsync(id, "approve", new { step = "a", comment = "good start" });
        (await System.ParkedAsync(id, "b")).GetProperty("reason").GetString().Should().Be("approval");
        StepOf(await System.JobAsync(id), "b").GetProperty("attempt").GetInt32().Should().Be(0, "it waits before its first launch");
        await System.TellAsync(id, "approve", new { comment = "go on" });

        var job = await System.CompletedAsync(id);
        job.GetProperty("usage").GetProperty("launches").GetInt32().Should().Be(3);
        job.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("attempt").GetInt32()).Should().Equal(1, 1, 1);
    }

    [Fact]
    public async Task A_rejected_step_fails_the_job_and_nothing_after_it_is_launched()
    {
        var id = await System.SubmitAsync("Ask me.", null, Step("a", "report text=a", more: ("approval", "after")), Step("b", "report text=b"));
        await System.ParkedAsync(id, "a");

        await System.TellAsync(id, "reject", new { comment = "no" });

        var job = await System.FinishedAsync(id);
        job.GetProperty("status").GetString().Should().Be("failed", job.ToString());
        job.GetProperty("error").GetProperty("code").GetString().Should().Be("rejected");
        job.GetProperty("usage").GetProperty("launches").GetInt32().Should().Be(1);
    }

    [Fact]
    public async Task A_failed_step_is_left_out_sent_back_or_asked_about_as_its_rule_says()
    {
        var id = await System.SubmitAsync("Some of it fails.", null,
            Step("optional", "fail text=not today", more: ("on_failure", "continue")),
            Step("work", "append path=work.txt text=visited"),
            Step("check", "fail visits=1 text=do it again", more: ("on_failure", "goto:work")),
            Step("last", "fail text=cannot", more: ("on_failure", "ask_human")));

        var parked = await System.ParkedAsync(id, "last");
        parked.GetProperty("reason").GetString().Should().Be("needs_human");
        var visits = (await System.JobAsync(id)).GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("visit").GetInt32());
        visits.Should().Equal(1, 2, 2, 1);
        await System.TellAsync(id, "approve", new { comment = "without it, then" });

        var job = await System.CompletedAsync(id);
        job.GetProperty("usage").GetProperty("launches").GetInt32().Should().Be(6);
        System.Result(id).GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("status").GetString())
            .Should().Equal("failed", "success", "success", "failed");
    }

    [Fact]
    public async Task A_step_that_a_person_asks_to_be_tried_again_is_launched_again()
    {
        var id = await System.SubmitAsync("Try again.", null, Step("a", "fail times=1 text=once", more: ("on_failure", "ask_human")));
        (await System.ParkedAsync(id, "a")).GetProperty("reason").GetString().Should().Be("needs_human");

        await System.TellAsync(id, "wake", new { step = "a" });

        var job = await System.CompletedAsync(id);
        StepOf(job, "a").GetProperty("attempt").GetInt32().Should().Be(2);
    }
}
