using System.Net;
using System.Text.Json;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;

namespace Orchestrator.UnitTests.Gateway.Jobs;

public sealed class SubmitTests(GatewayHost gateway) : IClassFixture<GatewayHost>
{
    [Fact]
    public async Task A_job_is_accepted_with_its_place_and_its_links()
    {
        using var answer = await gateway.Admin.PostAsync("/v1/jobs", Answers.Body("""{"goal": "Fix it.", "tags": ["a"]}"""));

        answer.StatusCode.Should().Be(HttpStatusCode.Accepted);
        var job = await answer.JsonAsync();
        var id = job.Text("job_id");
        answer.Headers.Location!.ToString().Should().Be($"/v1/jobs/{id}");
        job.Text("status").Should().Be("queued");
        job.GetProperty("duplicate").GetBoolean().Should().BeFalse();
        job.GetProperty("links").Text("events").Should().Be($"/v1/jobs/{id}/events");
        (await gateway.JobAsync(id)).GetProperty("steps").GetArrayLength().Should().Be(3);
        using var document = JsonDocument.Parse(await gateway.Admin.GetStringAsync($"/v1/jobs/{id}/artifacts/job.json"));
        document.RootElement.Text("goal").Should().Be("Fix it.");
    }

    [Fact]
    public async Task The_same_key_and_body_are_the_same_job_and_another_body_is_refused()
    {
        var first = await SendAsync("""{"goal": "one"}""", "key-1");
        var again = await SendAsync("""{"goal": "one"}""", "key-1");
        using var other = await PostAsync("""{"goal": "two"}""", "key-1");

        again.Text("job_id").Should().Be(first.Text("job_id"));
        again.GetProperty("duplicate").GetBoolean().Should().BeTrue();
        var problem = await other.ProblemAsync(HttpStatusCode.UnprocessableEntity, "idempotency_key_reused");
        problem.GetProperty("errors").TryGetProperty("$.idempotency_key", out _).Should().BeTrue();
    }

    [Fact]
    public async Task A_key_in_the_body_works_like_the_header_and_the_header_wins()
    {
        var first = await SendAsync("""{"goal": "one", "idempotency_key": "body-key"}""");
        var again = await SendAsync("""{"goal": "one", "idempotency_key": "body-key"}""");
        var header = await SendAsync("""{"goal": "one", "idempotency_key": "body-key"}""", "header-key");

        again.Text("job_id").Should().Be(first.Text("job_id"));
        header.Text("job_id").Should().NotBe(first.Text("job_id"));
    }

    [Fact]
    public async Task Keys_of_two_tokens_never_meet()
    {
        using var one = await gateway.ClientOfAsync(["submit"], "*");
        using var two = await gateway.ClientOfAsync(["submit"], "*");

        var first = await SendAsync("""{"goal": "one"}""", "shared-key", one);
        var second = await SendAsync("""{"goal": "two"}""", "shared-key", two);

        second.Text("job_id").Should().NotBe(first.Text("job_id"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("long")]
    public async Task A_key_without_form_is_refused(string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/jobs") { Content = Answers.Body("""{"goal": "one"}""") };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key == "long" ? new string('k', 256) : key);

        using var answer = await gateway.Admin.SendAsync(request);

        await answer.ProblemAsync(HttpStatusCode.BadRequest, "invalid_value");
    }

    [Fact]
    public async Task A_known_job_id_without_a_key_is_a_conflict_and_ids_are_compared_exactly()
    {
        await SendAsync("""{"goal": "one", "job_id": "job-000123"}""");
        await SendAsync("""{"goal": "one", "job_id": "JOB-000123"}""");
        await SendAsync("""{"goal": "one", "job_id": "job-0001"}""");

        using var taken = await PostAsync("""{"goal": "one", "job_id": "job-000123"}""");

        var problem = await taken.ProblemAsync(HttpStatusCode.Conflict, "duplicate");
        problem.GetProperty("errors").TryGetProperty("$.job_id", out _).Should().BeTrue();
    }

    [Fact]
    public async Task A_hundred_identical_requests_at_once_are_one_job_per_key()
    {
        const int keys = 10;
        using var client = await gateway.ClientOfAsync(["submit"], "*");

        var answers = await Task.WhenAll(Enumerable.Range(0, 100 * keys).Select(i => SendAsync($$"""{"goal": "job {{i % keys}}"}""", $"parallel-{i % keys}", client)));

        var byKey = answers.Select((answer, i) => (Key: i % keys, Id: answer.Text("job_id"), New: !answer.GetProperty("duplicate").GetBoolean())).GroupBy(answer => answer.Key).ToList();
        byKey.Should().HaveCount(keys).And.OnlyContain(group => group.Select(answer => answer.Id).Distinct().Count() == 1 && group.Count(answer => answer.New) == 1);
        (await gateway.QueryAsync(db => db.Jobs.CountAsync(job => job.IdempotencyKey!.StartsWith("parallel-")))).Should().Be(keys);
    }

    [Fact]
    public async Task Equal_job_ids_at_once_are_one_job_and_conflicts()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => PostAsync($$"""{"goal": "job {{i}}", "job_id": "race-0001"}""")));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.Accepted).Should().Be(1);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict).Should().Be(29);
    }

    [Theory]
    [InlineData("""{"goal": "x", "steps": [{"step_id": "a", "agent": "cluade", "role": "planner", "prompt": "p"}]}""", "unknown_agent", "$.steps[0].agent", "claude")]
    [InlineData("""{"goal": "x", "project_id": "shpo"}""", "unknown_project", "$.project_id", "projects")]
    [InlineData("""{"goal": "x", "gaol": 1}""", "unknown_field", "$.gaol", "goal")]
    [InlineData("""{"goal": 5}""", "wrong_type", "$.goal", ".")]
    [InlineData("""{"goal": "x", "callback_url": "ftp://example.org/"}""", "invalid_value", "$.callback_url", "https")]
    [InlineData("""{"goal": "x", "callback_url": "http://user:pw@example.org/"}""", "credentials_in_url", "$.callback_url", ".")]
    [InlineData("""{"goal": "x", "callback_url": "http://127.0.0.1/hook"}""", "invalid_value", "$.callback_url", "AllowedNetworks")]
    [InlineData("""{"goal": "x", "callback_url": "http://2130706433/hook"}""", "invalid_value", "$.callback_url", "AllowedNetworks")]
    [InlineData("""{"goal": "x", "job_id": ".tmp-12345"}""", "invalid_value", "$.job_id", ".")]
    [InlineData("""{"goal": "x\u0000"}""", "invalid_text", "$.goal", ".")]
    [InlineData("""{"goal": "x", "goal": "y"}""", "invalid_json", "$.goal", ".")]
    [InlineData("""{"goal": "x", "steps": [{"step_id": "a", "agent": "simulated", "role": "planner", "prompt": "p", "depends_on": ["b"]}]}""", "unknown_step", "$.steps[0].depends_on[0]", ".")]
    public async Task A_refusal_names_the_field_and_the_remedy(string body, string code, string path, string remedy)
    {
        using var answer = await PostAsync(body);

        var problem = await answer.ProblemAsync(HttpStatusCode.BadRequest, code);
        problem.GetProperty("errors").GetProperty(path)[0].GetString().Should().Contain(remedy);
        problem.Text("detail").Should().Contain(path);
    }

    [Fact]
    public async Task Depth_is_bounded()
    {
        var deep = string.Concat(Enumerable.Repeat("""{"a":""", 70)) + "1" + new string('}', 70);

        using var answer = await PostAsync($$"""{"goal": "x", "metadata": {{deep}}}""");

        await answer.ProblemAsync(HttpStatusCode.BadRequest, "invalid_json");
    }

    [Fact]
    public async Task Every_submission_leaves_one_line_and_one_row_that_say_who_from_where_what_and_with_which_result()
    {
        using var client = await gateway.ClientOfAsync(["submit"], "shop");
        var actor = (await gateway.QueryAsync(db => db.Tokens.OrderByDescending(token => token.CreatedAt).FirstAsync())).Name;

        var id = (await SendAsync("""{"goal": "audited", "project_id": "shop"}""", client: client)).Text("job_id");
        var refusedId = $"refused-{Guid.NewGuid():N}";
        using var refused = await PostAsync($$"""{"goal": "audited", "metadata": {"job_id": "inner"}, "project_id": "bank", "job_id": "{{refusedId}}"}""", client: client);

        var lines = gateway.Log.Named("submission").Where(line => line.Fields["Actor"] == $"token:{actor}").ToList();
        lines.Should().HaveCount(2);
        lines[0].Fields.Should().Contain(new Dictionary<string, string?> { ["Door"] = "Manual", ["Address"] = "127.0.0.1", ["ProjectId"] = "shop", ["JobId"] = id, ["Result"] = "accepted" });
        lines[1].Fields.Should().Contain(new Dictionary<string, string?> { ["ProjectId"] = "bank", ["JobId"] = refusedId, ["Result"] = "project_not_allowed" });
        gateway.Log.All.Where(line => line.Fields.GetValueOrDefault("JobId") == id).Should().ContainSingle("a submission is one line");
        await GatewayHost.UntilAsync(async () => await gateway.QueryAsync(db => db.Audit.CountAsync(row => row.Actor == $"token:{actor}")) == 2);
        var rows = await gateway.QueryAsync(db => db.Audit.Where(row => row.Actor == $"token:{actor}").OrderBy(row => row.Id).ToListAsync());
        rows[0].Should().BeEquivalentTo(new { Action = "job.submit", Address = "127.0.0.1", ProjectId = "shop", JobId = id, Result = "accepted" });
        rows[1].Should().BeEquivalentTo(new { Action = "job.submit", Address = "127.0.0.1", ProjectId = "bank", JobId = refusedId, Result = "project_not_allowed" });
        rows.Should().OnlyContain(row => row.TraceId != null);
    }

    [Theory]
    [InlineData("""{"project_id": "a\u0000b", "job_id": 7}""", "a?b", "-")]
    [InlineData("""{"projectId": "shop", "jobId": "x", "goal": """, "shop", "x")]
    [InlineData("[1]", "-", "-")]
    public async Task What_a_refused_body_names_is_written_down_as_text_that_any_database_takes(string body, string project, string job)
    {
        using var client = await gateway.ClientOfAsync(["submit"], "shop");
        var actor = (await gateway.QueryAsync(db => db.Tokens.OrderByDescending(token => token.CreatedAt).FirstAsync())).Name;

        using var refused = await PostAsync(body, client: client);

        gateway.Log.Named("submission").Single(line => line.Fields["Actor"] == $"token:{actor}").Fields.Should().Contain(new Dictionary<string, string?> { ["ProjectId"] = project, ["JobId"] = job });
    }

    private async Task<JsonElement> SendAsync(string body, string? key = null, HttpClient? client = null)
    {
        using var answer = await PostAsync(body, key, client);
        answer.StatusCode.Should().Be(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        return await answer.JsonAsync();
    }

    private async Task<HttpResponseMessage> PostAsync(string body, string? key = null, HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/jobs") { Content = Answers.Body(body) };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return await (client ?? gateway.Admin).SendAsync(request);
    }
}
