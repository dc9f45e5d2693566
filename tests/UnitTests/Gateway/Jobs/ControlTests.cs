using System.Net;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Orchestrator.Contracts.Jobs;

namespace Orchestrator.UnitTests.Gateway.Jobs;

public sealed class ControlTests(GatewayHost gateway) : IClassFixture<GatewayHost>
{
    [Theory]
    [InlineData(ParkReason.Approval, "approve", "{}")]
    [InlineData(ParkReason.Approval, "reject", """{"comment": "no", "step": "01_plan"}""")]
    [InlineData(ParkReason.NeedsHuman, "approve", """{"step": "01_plan"}""")]
    [InlineData(ParkReason.MergeConflict, "resolve", """{"take": "02_implement", "comment": "theirs"}""")]
    [InlineData(ParkReason.MergeConflict, "resolve", """{"commit": "0123abc"}""")]
    [InlineData(ParkReason.SecretInOutput, "release", """{"fingerprints": ["0123456789abcdef"], "comment": "a test key"}""", "sent: 0123456789abcdef")]
    [InlineData(ParkReason.SecretInOutput, "reject", "{}")]
    [InlineData(ParkReason.ProviderLimit, "wake", """{"step": "01_plan"}""")]
    [InlineData(ParkReason.Backoff, "cancel", """{"comment": "enough"}""")]
    public async Task What_a_parked_job_waits_for_is_accepted_and_audited(ParkReason reason, string action, string body, string deed = "sent")
    {
        var id = await ParkedAsync(reason);

        using var answer = await gateway.Admin.PostAsync($"/v1/jobs/{id}/{action}", Answers.Body(body));

        answer.StatusCode.Should().Be(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        (await answer.JsonAsync()).Text("requested").Should().Be(action);
        (await gateway.JobAsync(id)).GetProperty("cancel_requested").GetBoolean().Should().Be(action == "cancel");
        (await gateway.QueryAsync(db => db.Audit.SingleAsync(row => row.JobId == id && row.Action == $"job.{action}")))
            .Should().BeEquivalentTo(new { Actor = "token:admin", Address = "127.0.0.1", Result = deed });
    }

    [Theory]
    [InlineData(null)]
    [InlineData("01_plan")]
    public async Task An_approval_says_what_was_seen_waiting_and_since_when(string? stepId)
    {
        await using var own = await GatewayHost.StartAsync();
        var approvals = await own.TakeAsync<ApproveJob>();
        var since = new DateTimeOffset(2026, 3, 1, 9, 30, 5, TimeSpan.Zero);
        var id = await own.SubmitAsync(new { goal = "Wait." });
        await own.TellAsync(
            new JobParked(await own.PipelineIdAsync(id), id, 1, stepId, ParkReason.Approval, "It waits.", null, since), id, job => job.Text("status") == "parked");

        using var answer = await own.Admin.PostAsync($"/v1/jobs/{id}/approve", Answers.Body("{}"));

        var approval = await Eventually.GetAsync(() => approvals.FirstOrDefault());
        approval.StepId.Should().BeNull();
        approval.Seen.Should().Equal(new SeenWaiting(stepId, since));
    }

    [Theory]
    [InlineData("approve", "{}")]
    [InlineData("reject", "{}")]
    [InlineData("resolve", """{"take": "01_plan"}""")]
    [InlineData("release", """{"fingerprints": ["0123456789abcdef"]}""")]
    [InlineData("wake", "{}")]
    public async Task Nothing_that_waits_is_a_conflict_and_so_is_a_job_that_is_over(string action, string body)
    {
        var id = await gateway.SubmitAsync(new { goal = "x" });
        await (await gateway.Admin.PostAsync($"/v1/jobs/{id}/{action}", Answers.Body(body))).ProblemAsync(HttpStatusCode.Conflict, "nothing_waits");

        await gateway.FinishAsync(id);

        await (await gateway.Admin.PostAsync($"/v1/jobs/{id}/{action}", Answers.Body(body))).ProblemAsync(HttpStatusCode.Conflict, "job_over");
        await (await gateway.Admin.PostAsync($"/v1/jobs/{id}/cancel", null)).ProblemAsync(HttpStatusCode.Conflict, "job_over");
    }

    [Theory]
    [InlineData("approve", """{"comment": 5}""", "$.comment")]
    [InlineData("approve", """{"coment": "x"}""", "$.coment")]
    [InlineData("approve", """{"comment": "a\u0000b"}""", "$.comment")]
    [InlineData("approve", """{"comment": "\ud800"}""", "$.comment")]
    [InlineData("approve", """{"step": "03_nothing"}""", "$.step")]
    [InlineData("approve", "[]", "$")]
    [InlineData("approve", "{", "$")]
    [InlineData("cancel", """{"step": "01_plan"}""", "$.step")]
    [InlineData("resolve", "{}", "$")]
    [InlineData("resolve", """{"take": "01_plan", "commit": "0123abc"}""", "$")]
    [InlineData("resolve", """{"commit": "--output=x"}""", "$.commit")]
    [InlineData("resolve", """{"take": "nobody"}""", "$.take")]
    [InlineData("release", "{}", "$.fingerprints")]
    [InlineData("release", """{"fingerprints": []}""", "$.fingerprints")]
    [InlineData("release", """{"fingerprints": ["0123456789abcdef", "0123456789ABCDEF"]}""", "$.fingerprints[1]")]
    [InlineData("release", """{"fingerprints": [null]}""", "$.fingerprints[0]")]
    [InlineData("wake", """{"comment": "x"}""", "$.comment")]
    public async Task A_body_that_is_wrong_names_its_field(string action, string body, string path)
    {
        var id = await ParkedAsync(action == "resolve" ? ParkReason.MergeConflict : ParkReason.Approval);

        using var answer = await gateway.Admin.PostAsync($"/v1/jobs/{id}/{action}", Answers.Body(body));

        (await answer.ProblemAsync(HttpStatusCode.BadRequest, "invalid_body")).GetProperty("errors").TryGetProperty(path, out _).Should().BeTrue();
    }

    [Fact]
    public async Task A_comment_is_bounded()
    {
        var id = await ParkedAsync(ParkReason.Approval);

        using var answer = await gateway.Admin.PostAsync($"/v1/jobs/{id}/approve", Answers.Body($$"""{"comment": "{{new string('c', 5001)}}"}"""));

        await answer.ProblemAsync(HttpStatusCode.BadRequest, "invalid_body");
    }

    private async Task<string> ParkedAsync(ParkReason reason)
    {
        var id = await gateway.SubmitAsync(new { goal = "Wait." });
        await gateway.TellAsync(
            new JobParked(await gateway.PipelineIdAsync(id), id, 1, "01_plan", reason, "It waits.", null, TimeProvider.System.GetUtcNow()),
            id, job => job.Text("status") == "parked");
        return id;
    }
}
