using System.Text.Json;
using System.Text.Json.Nodes;
using AwesomeAssertions;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Json;
using Orchestrator.Contracts.Projects;
using Orchestrator.Contracts.Results;
using Orchestrator.Contracts.Steps;
using Orchestrator.UnitTests.Validation;
using Orchestrator.Validation.Results;
using Orchestrator.Validation.Schedules;
using Orchestrator.Validation.Schemas;

namespace Orchestrator.UnitTests.Contracts;

/// <summary>Every surface of version 1.0, as files that nobody edits: the replaced system's documents run unchanged.</summary>
public class CompatTests
{
    [Fact]
    public async Task A_full_job_file_is_accepted_and_keeps_every_field()
    {
        var accepted = await new Acceptance().AcceptAsync(Read("job.json"));

        var written = Written(accepted.Job);
        foreach (var (name, value) in Node("job.json").Where(field => field.Key is not ("source" or "workdir" or "metadata" or "steps")))
            JsonNode.DeepEquals(written[name], value).Should().BeTrue("{0} must stay as it came", name);
        foreach (var (given, kept) in Node("job.json")["steps"]!.AsArray().Zip(written["steps"]!.AsArray()))
        {
            foreach (var (name, value) in given!.AsObject())
                JsonNode.DeepEquals(kept![name], value).Should().BeTrue("{0} must stay as it came", name);
        }

        accepted.Steps.Select(step => step.Role).Should().Equal(StepRole.Planner, StepRole.Implementer, StepRole.Reviewer);
        accepted.Steps.Select(step => step.CanWrite).Should().Equal(false, true, false);
        accepted.Steps.Should().NotContain(step => step.RequireChanges, "the job uses no new field");
        accepted.Job.Source.Type.Should().Be(JobSourceType.Webhook, "the door sets it");
        accepted.Job.Source.Meta!["file"].GetString().Should().Be("docs.json");
        accepted.Notices.Should().BeEmpty();
    }

    [Theory]
    [InlineData("simulated")]
    [InlineData("claude")]
    public async Task A_minimal_job_file_runs_the_default_pipeline(string agent)
    {
        var accepted = await new Acceptance { Policy = { DefaultAgent = agent } }.AcceptAsync(Read("job-minimal.json"));

        accepted.Job.Steps.Select(step => (step.StepId, step.Role, step.Agent, step.TimeoutSec)).Should().Equal(
            ("01_plan", "planner", agent, 120), ("02_implement", "implementer", agent, 300), ("03_review", "reviewer", agent, 180));
        accepted.Job.Metadata["author"].GetString().Should().Be("ops");
        accepted.Job.Policy.AllowedBinaries.Should().Equal("opencode", "codex", "claude");
    }

    [Fact]
    public async Task The_payload_of_a_schedule_file_is_a_job()
    {
        var (schedule, problems) = ScheduleValidation.Read(File.ReadAllBytes(Repository.Compat("schedule.json")));

        problems.Should().BeEmpty();
        schedule!.Should().BeEquivalentTo(new { Id = "weekly-deps", Enabled = true, Schedule = "15 3 * * 1" });
        var door = new Acceptance();
        door.Door = door.Door with { Source = JobSourceType.Cron };
        var accepted = await door.AcceptAsync(JsonSerializer.Serialize(schedule!.Payload, ContractJson.Options));
        accepted.Job.Source.Type.Should().Be(JobSourceType.Cron);
        accepted.Job.Tags.Should().Equal("cron");
        accepted.Job.Metadata["ignored_workdir"].GetString().Should().Be(".");
        JsonNode.DeepEquals(JsonSerializer.SerializeToNode(schedule, ContractJson.Options), Node("schedule.json")).Should().BeTrue();
    }

    [Fact]
    public async Task The_webhook_body_is_accepted_and_its_workdir_is_kept_but_not_used()
    {
        var body = Read("webhook.http").Split("\n\n")[1].Trim();
        var door = new Acceptance().With(new ProjectDocument { Id = "shop", RepoUrl = "https://example.org/shop.git" });

        var accepted = await door.AcceptAsync(body);

        accepted.Job.ProjectId.Should().Be("shop");
        accepted.Job.Workdir.Should().Be(".");
        accepted.Job.Metadata["ignored_workdir"].GetString().Should().Be("ignored");
        accepted.Job.Metadata["source"].GetString().Should().Be("curl");
        accepted.Job.CallbackUrl.Should().Be("https://ci.example.org/hook");
        accepted.Job.ContextStrategy.Should().Be(ContextStrategy.Summarize);
        accepted.Job.ArtifactHandoff.Should().Be(ArtifactHandoff.PatchFirst);
        accepted.Job.JobId.Should().MatchRegex("^[a-f0-9]{32}$");
    }

    [Fact]
    public async Task The_step_result_is_valid_and_comes_out_field_by_field()
    {
        DocumentSchema.Result.Check(Acceptance.Json(Read("result-step.json"))).Should().BeEmpty();
        var job = await new Acceptance().AcceptAsync(Read("job.json"));

        var result = ResultDocuments.StepResult(job, Finished(), attempts: 2);

        JsonNode.DeepEquals(JsonSerializer.SerializeToNode(result, ContractJson.Options), Node("result-step.json")).Should().BeTrue();
    }

    [Fact]
    public void The_step_result_survives_reading_and_writing()
    {
        var read = JsonSerializer.Deserialize<ResultDocument>(Read("result-step.json"), ContractJson.Options);

        JsonNode.DeepEquals(JsonSerializer.SerializeToNode(read, ContractJson.Options), Node("result-step.json")).Should().BeTrue();
    }

    [Fact]
    public void The_old_status_survives_reading_and_writing()
    {
        var read = JsonSerializer.Deserialize<JobStatusDocument>(Read("job-status.json"), ContractJson.Options);

        JsonNode.DeepEquals(JsonSerializer.SerializeToNode(read, ContractJson.Options), Node("job-status.json")).Should().BeTrue();
        read!.State!.Steps.Keys.Should().Equal("01_plan", "02_implement");
    }

    private static StepFinished Finished() => new()
    {
        Key = new AttemptKey(Guid.NewGuid(), "nightly-docs-0001", 1, "02_implement", 1, 2, 7),
        Outcome = StepOutcome.Succeeded,
        Agent = "codex",
        Role = StepRole.Implementer,
        Summary = "Corrected three commands (changed)",
        Changed = true,
        SecretsPassed = true,
        Usage = new AgentUsage { InputTokens = 10400, OutputTokens = 820, CostMicroUsd = 42100 },
        StartedAt = new DateTimeOffset(2026, 3, 1, 9, 31, 11, TimeSpan.Zero),
        FinishedAt = new DateTimeOffset(2026, 3, 1, 9, 33, 40, TimeSpan.Zero),
    };

    private static string Read(string file) => File.ReadAllText(Repository.Compat(file));

    private static JsonObject Node(string file) => JsonNode.Parse(Read(file))!.AsObject();

    private static JsonObject Written(JobDocument job) => JsonSerializer.SerializeToNode(job, ContractJson.Options)!.AsObject();
}
