using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AwesomeAssertions;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.UnitTests.Gateway.Webhooks;

public sealed class WebhookTests(GatewayHost gateway) : IClassFixture<GatewayHost>
{
    [Fact]
    public async Task The_request_of_version_1_0_gets_its_reply_field_by_field()
    {
        var parts = (await File.ReadAllTextAsync(Repository.Compat("webhook.http"))).Split("\n\n");
        var expected = JsonNode.Parse(parts[3])!.AsObject();

        using var answer = await gateway.Admin.PostAsync("/webhook", Answers.Body(parts[1]));

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.Should().Be("application/json");
        var reply = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject();
        reply.Select(field => field.Key).Should().Equal(expected.Select(field => field.Key));
        var id = reply["job_id"]!.GetValue<string>();
        id.Should().MatchRegex("^[a-f0-9]{32}$");
        var known = expected["job_id"]!.GetValue<string>();
        reply.ToJsonString().Should().Be(expected.ToJsonString().Replace(known, id, StringComparison.Ordinal));
        var row = await gateway.QueryAsync(db => Task.FromResult(db.Jobs.Single(job => job.JobId == id)));
        row.Source.Should().Be(JobSourceType.Webhook);
        row.ProjectId.Should().Be("shop");
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("text/plain")]
    [InlineData(null)]
    public async Task The_body_counts_and_not_what_is_said_of_its_type(string? type)
    {
        using var body = new ByteArrayContent("""{"goal": "x"}"""u8.ToArray());
        if (type is not null)
            body.Headers.Add("Content-Type", type);
        using var wrong = gateway.Client("not-a-token");

        (await gateway.Admin.PostAsync("/webhook", body)).StatusCode.Should().Be(HttpStatusCode.OK);
        await (await wrong.PostAsync("/webhook", body)).ProblemAsync(HttpStatusCode.Forbidden, "invalid_token");
    }

    [Fact]
    public async Task A_job_that_wants_approval_is_told_so()
    {
        using var answer = await gateway.Admin.PostAsync("/webhook", Answers.Body("""{"goal": "x", "policy": {"requires_approval": true}}"""));

        (await answer.JsonAsync()).Text("status").Should().Be("awaiting_approval");
    }

    [Fact]
    public async Task The_status_codes_are_those_of_version_1_0()
    {
        using var nobody = gateway.Client(null);
        await (await nobody.PostAsync("/webhook", Answers.Body("""{"goal": "x"}"""))).ProblemAsync(HttpStatusCode.Unauthorized);
        using var basic = gateway.Client(null);
        basic.DefaultRequestHeaders.Add("Authorization", "Basic dXNlcjpwYXNz");
        await (await basic.PostAsync("/webhook", Answers.Body("""{"goal": "x"}"""))).ProblemAsync(HttpStatusCode.Unauthorized);
        using var wrong = gateway.Client("not-a-token");
        await (await wrong.PostAsync("/webhook", Answers.Body("""{"goal": "x"}"""))).ProblemAsync(HttpStatusCode.Forbidden);
        using var shop = await gateway.ClientOfAsync(["submit"], "shop");
        await (await shop.PostAsync("/webhook", Answers.Body("""{"goal": "x"}"""))).ProblemAsync(HttpStatusCode.Forbidden);
        await (await shop.PostAsync("/webhook", Answers.Body("""{"goal": "x", "project_id": "bank"}"""))).ProblemAsync(HttpStatusCode.Forbidden);
        await (await gateway.Admin.PostAsync("/webhook", Answers.Body("""{"goal": "x", "project_id": "none"}"""))).ProblemAsync(HttpStatusCode.BadRequest, "unknown_project");
        await (await gateway.Admin.PostAsync("/webhook", Answers.Body($$"""{"goal": "{{new string('x', 262_144)}}"}"""))).ProblemAsync(HttpStatusCode.RequestEntityTooLarge, "too_large");
        foreach (var bad in (string[])["", "[]", "null", "\"text\"", "{", "{}", """{"goal": ""}""", """{"goal": "x", "steps": [{}]}""", """{"goal": "x", "policy": {"network": "maybe"}}"""])
            await (await gateway.Admin.PostAsync("/webhook", Answers.Body(bad))).ProblemAsync(HttpStatusCode.BadRequest);
        using var first = await gateway.Admin.PostAsync("/webhook", Answers.Body("""{"goal": "x", "job_id": "job-0001"}"""));
        first.StatusCode.Should().Be(HttpStatusCode.OK);
        await (await gateway.Admin.PostAsync("/webhook", Answers.Body("""{"goal": "x", "job_id": "job-0001"}"""))).ProblemAsync(HttpStatusCode.Conflict, "duplicate");
    }

    [Fact]
    public async Task A_body_of_exactly_256_KiB_is_read_and_one_byte_more_is_not()
    {
        const string frame = """{"goal": "x", "metadata": {"k": ""}}""";
        string Sized(int bytes) => frame.Replace("\"\"", $"\"{new string('y', bytes - frame.Length)}\"", StringComparison.Ordinal);

        using var largest = await gateway.Admin.PostAsync("/webhook", Answers.Body(Sized(262_144)));
        using var larger = await gateway.Admin.PostAsync("/webhook", Answers.Body(Sized(262_145)));

        largest.StatusCode.Should().Be(HttpStatusCode.OK);
        await larger.ProblemAsync(HttpStatusCode.RequestEntityTooLarge, "too_large");
    }

    [Theory]
    [InlineData(ErrorCodes.Timeout, "timeout")]
    [InlineData(ErrorCodes.IdleTimeout, "timeout")]
    [InlineData(ErrorCodes.AgentFailed, "failed")]
    public async Task The_old_status_of_a_failed_job_says_timeout_where_its_result_does(string code, string word)
    {
        var id = await gateway.SubmitAsync(new { goal = "x" });
        var now = TimeProvider.System.GetUtcNow();
        var outcome = new JobOutcome { Summary = "It failed.", ErrorCode = code, StartedAt = now, FinishedAt = now };
        await gateway.TellAsync(new JobFailed(await gateway.PipelineIdAsync(id), id, 1, outcome), id, job => job.Text("status") == "failed");

        using var answer = await gateway.Admin.GetAsync($"/jobs/{id}");

        var shown = await answer.JsonAsync();
        (shown.Text("status"), shown.GetProperty("state").Text("status")).Should().Be((word, word));
    }

    [Fact]
    public async Task The_old_status_has_the_old_shape()
    {
        var id = await gateway.SubmitAsync(JsonNode.Parse(await File.ReadAllTextAsync(Repository.Compat("job.json")))!);
        var pipeline = await gateway.PipelineIdAsync(id);
        var at = new DateTimeOffset(2026, 3, 1, 9, 30, 5, TimeSpan.Zero);
        await gateway.PublishAsync(new JobStarted(pipeline, id, 1, at));
        var plan = new AttemptKey(pipeline, id, 1, "01_plan", 1, 1, 1);
        await gateway.PublishAsync(new StepStarted(plan, StepRole.Planner, "opencode", "runner-1", at));
        await gateway.PublishAsync(new StepFinished
        {
            Key = plan,
            Outcome = StepOutcome.Succeeded,
            Agent = "opencode",
            Role = StepRole.Planner,
            Summary = "Three steps are out of date",
            StartedAt = at,
            FinishedAt = at.AddSeconds(65),
        });
        await gateway.TellAsync(
            new StepStarted(new AttemptKey(pipeline, id, 1, "02_implement", 1, 1, 2), StepRole.Implementer, "codex", "runner-1", at.AddSeconds(66)), id,
            job => job.GetProperty("steps")[1].Text("status") == "running" && job.GetProperty("steps")[0].Text("status") == "succeeded" && job.GetProperty("started_at").ValueKind == JsonValueKind.String);

        using var answer = await gateway.Admin.GetAsync($"/jobs/{id}");

        var shown = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        JsonNode.DeepEquals(shown, JsonNode.Parse(await File.ReadAllTextAsync(Repository.Compat("job-status.json")))).Should().BeTrue(shown.ToJsonString());
    }
}
