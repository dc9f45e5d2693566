using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AwesomeAssertions;
using Orchestrator.Contracts.Json;
using Orchestrator.FakeModel.Script;
using Orchestrator.IntegrationTests.RealAgents;
using Orchestrator.TestServers;
using Orchestrator.TestServers.Systems;
using Orchestrator.Validation.Schedules;
using Orchestrator.Validation.Schemas;

namespace Orchestrator.IntegrationTests.Journeys;

/// <summary>The documents of version 1.0, sent to the live system as its client sends them; what comes back has the shape of the examples: every field, in order, of the same kind.</summary>
[Collection(nameof(OneSystem))]
public sealed class CompatTests(OneSystem one)
{
    private RunningSystem System => one.System;

    [Fact]
    public async Task A_full_job_file_runs_with_the_agents_that_it_names_and_its_status_and_results_are_those_of_version_1_0()
    {
        one.Model.Script = new ModelScript { Key = RealLaunch.Key, End = new ModelTurn { Text = "Three steps are out of date", DelayMs = 500, Usage = new() { Input = 1000, Output = 50 } } };
        var answer = await SubmitAsync(Compat("job.json"), HttpStatusCode.OK);
        answer["job_id"]!.GetValue<string>().Should().Be("nightly-docs-0001");
        await SubmitAsync(Compat("job.json"), HttpStatusCode.Conflict);

        var running = await Eventually.GetAsync(
            async () => await StatusAsync("nightly-docs-0001") is var status && status["state"]?["current_step"]?.GetValue<string>() == "02_implement" && status["state"]!["steps"]!["02_implement"]!["status"]!.GetValue<string>() == "running" ? status : null,
            "the second step runs", TimeSpan.FromMinutes(3));
        await System.CompletedAsync("nightly-docs-0001");

        OldShape.Of(running).Should().Equal(OldShape.Of(JsonNode.Parse(Compat("job-status.json"))!));
        var over = await StatusAsync("nightly-docs-0001");
        (over["status"]!.GetValue<string>(), over["queue_state"]!.GetValue<string>(), over["state"]!["current_step"]).Should().Be(("success", "done", null));
        over["result"]!["steps"]!.AsArray().Select(step => step!["agent"]!.GetValue<string>()).Should().Equal("opencode", "codex", "claude");
        var result = JsonNode.Parse(System.Artifact("nightly-docs-0001", "steps/02_implement/result.json"))!.AsObject();
        DocumentSchema.Result.Check(JsonSerializer.SerializeToElement(result)).Should().BeEmpty();
        var example = JsonNode.Parse(Compat("result-step.json"))!.AsObject();
        result["metrics"]!.AsObject().Select(metric => metric.Key).Should().StartWith(example["metrics"]!.AsObject().Select(metric => metric.Key));
        // Null says that nobody looked for secrets, which version 1.0 allows.
        Without(result, "metrics", "secrets_check").Should().Equal(Without(example, "metrics", "secrets_check"));
        JsonNode.DeepEquals(result["artifacts"], example["artifacts"]).Should().BeTrue();
        foreach (var path in result["artifacts"]!.AsObject().Select(artifact => artifact.Value!.GetValue<string>()).Concat(["job.json", "state.json", "context.json", "result.json", "report.md", "patch.diff", "logs.txt", "steps/02_implement/raw_stdout.txt"]))
            File.Exists(Path.Combine(System.Artifacts, "nightly-docs-0001", path)).Should().BeTrue("{0} is an artifact of version 1.0", path);
    }

    [Fact]
    public async Task A_minimal_job_file_runs_the_default_pipeline()
    {
        var answer = await SubmitAsync(Compat("job-minimal.json"), HttpStatusCode.OK);
        var id = answer["job_id"]!.GetValue<string>();

        await System.CompletedAsync(id);

        System.Result(id).GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("step_id").GetString()).Should().Equal("01_plan", "02_implement", "03_review");
        var kept = JsonNode.Parse(System.Artifact(id, "job.json"))!;
        (kept["metadata"]!["author"]!.GetValue<string>(), kept["metadata"]!["ignored_workdir"]!.GetValue<string>()).Should().Be(("ops", "."));
    }

    [Fact]
    public async Task The_webhook_exchange_is_answered_to_the_letter_and_its_job_runs()
    {
        var parts = Compat("webhook.http").Split("\n\n");

        var answer = await SubmitAsync(parts[1], HttpStatusCode.OK);

        var example = JsonNode.Parse(parts[3])!;
        var id = answer["job_id"]!.GetValue<string>();
        answer.ToJsonString().Should().Be(example.ToJsonString().Replace(example["job_id"]!.GetValue<string>(), id, StringComparison.Ordinal));
        await System.CompletedAsync(id);
        (await StatusAsync(id))["status"]!.GetValue<string>().Should().Be("success");
    }

    [Fact]
    public async Task The_payload_of_a_schedule_file_runs_as_the_job_that_it_is()
    {
        var (schedule, problems) = ScheduleValidation.Read(Encoding.UTF8.GetBytes(Compat("schedule.json")));
        problems.Should().BeEmpty();

        var answer = await SubmitAsync(JsonSerializer.Serialize(schedule!.Payload, ContractJson.Options), HttpStatusCode.OK);

        await System.CompletedAsync(answer["job_id"]!.GetValue<string>());
    }

    private static List<string> Without(JsonObject document, params string[] fields) =>
        [.. OldShape.Of(document).Where(line => !fields.Any(field => line.StartsWith($"$.{field}", StringComparison.Ordinal)))];

    private async Task<JsonNode> SubmitAsync(string body, HttpStatusCode status)
    {
        using var answer = await System.Http.PostAsync("/webhook", new StringContent(body, Encoding.UTF8, "application/json"));
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.Should().Be(status, text);
        return JsonNode.Parse(text)!;
    }

    private async Task<JsonNode> StatusAsync(string id) => JsonNode.Parse(await System.Http.GetStringAsync($"/jobs/{id}"))!;

    private static string Compat(string file) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Compat", file));
}
