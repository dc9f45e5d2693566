using System.Text.Json;
using AwesomeAssertions;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Json;
using Orchestrator.Contracts.Projects;
using Orchestrator.Contracts.Steps;
using Orchestrator.Validation.Jobs;
using Orchestrator.Validation.Schemas;

namespace Orchestrator.UnitTests.Validation.Jobs;

public sealed class JobAcceptanceTests
{
    private static readonly ProjectDocument Shop = new() { Id = "shop", RepoUrl = "https://example.org/shop.git" };

    [Fact]
    public async Task What_the_sender_leaves_out_is_filled_in()
    {
        var accepted = await new Acceptance().AcceptAsync("""{"goal": "Fix it."}""");

        accepted.Job.JobId.Should().MatchRegex("^[a-f0-9]{12}7[a-f0-9]{19}$", "it is a UUIDv7 without dashes");
        accepted.Job.CreatedAt.Should().Be(Acceptance.Now);
        accepted.Job.Source.Type.Should().Be(JobSourceType.Webhook);
        accepted.Job.Policy.Should().BeEquivalentTo(new JobPolicy { AllowedBinaries = ["claude", "codex", "opencode"] });
        accepted.Job.ContextStrategy.Should().Be(ContextStrategy.Sliding);
        accepted.Job.Steps.Should().HaveCount(3);
        accepted.Actor.Should().Be("token:ci");
        accepted.Notices.Should().BeEmpty();
    }

    [Fact]
    public async Task Ids_made_by_the_server_grow_with_time_and_never_repeat()
    {
        var door = new Acceptance();
        var ids = new List<string>();
        for (var i = 0; i < 50; i++)
        {
            ids.Add((await door.AcceptAsync("""{"goal": "x"}""")).Job.JobId);
            door.Clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        ids.Should().OnlyHaveUniqueItems().And.BeInAscendingOrder(StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_normalised_job_is_itself_a_valid_job_and_is_accepted_as_it_is()
    {
        var door = new Acceptance().With(Shop);
        var first = await door.AcceptAsync("""
            {"goal": "x", "project_id": "shop", "tags": ["a"], "metadata": {"n": 1.50}, "budget": {"max_cost_usd": 2}, "priority": "high", "base_ref": "main",
             "steps": [{"step_id": "a", "agent": "claude", "role": "planner", "prompt": "x"}, {"step_id": "b", "agent": "codex", "role": "implementer", "prompt": "x", "depends_on": ["a"], "approval": "after", "verify": ["true"]}]}
            """);
        var written = JsonSerializer.Serialize(first.Job, ContractJson.Options);

        DocumentSchema.Job.Check(Acceptance.Json(written)).Should().BeEmpty();
        var second = await door.AcceptAsync(written);
        JsonSerializer.Serialize(second.Job with { Metadata = first.Job.Metadata }, ContractJson.Options).Should().Be(written, "all but the note about the workdir is the same");
    }

    [Fact]
    public async Task An_accepted_job_survives_the_artifact_store()
    {
        var accepted = await new Acceptance().With(Shop).AcceptAsync("""{"goal": "x", "project_id": "shop", "metadata": {"deep": [1, null]}}""");

        var read = JsonSerializer.Deserialize<AcceptedJob>(JsonSerializer.Serialize(accepted, ContractJson.Options), ContractJson.Options)!;

        JsonSerializer.Serialize(read, ContractJson.Options).Should().Be(JsonSerializer.Serialize(accepted, ContractJson.Options));
        read.Project.Should().BeEquivalentTo(Shop);
    }

    [Fact]
    public async Task A_body_that_was_parsed_by_the_door_may_be_disposed_afterwards()
    {
        var door = new Acceptance();
        AcceptanceResult result;
        using (var document = JsonDocument.Parse("""{"goal": "x", "metadata": {"a": [1]}, "source": {"type": "manual", "meta": {"b": 2}}}"""))
            result = await new JobAcceptance(door, Microsoft.Extensions.Options.Options.Create(door.Policy), door.Clock).AcceptAsync(document.RootElement, door.Door);

        result.Job!.Job.Metadata["a"][0].GetInt32().Should().Be(1);
        result.Job.Job.Source.Meta!["b"].GetInt32().Should().Be(2);
    }

    [Fact]
    public async Task The_door_says_what_the_source_is_and_its_facts_win()
    {
        var door = new Acceptance();
        door.Door = door.Door with { Source = JobSourceType.Event, SourceMeta = new Dictionary<string, JsonElement> { ["user"] = Acceptance.Json("\"shop-app\"") } };

        var accepted = await door.AcceptAsync("""{"goal": "x", "source": {"type": "manual", "meta": {"user": "root", "file": "a.json"}}}""");

        accepted.Job.Source.Type.Should().Be(JobSourceType.Event);
        accepted.Job.Source.Meta!["user"].GetString().Should().Be("shop-app");
        accepted.Job.Source.Meta["file"].GetString().Should().Be("a.json");
    }

    [Fact]
    public async Task A_workdir_is_ignored_kept_and_said_so()
    {
        var accepted = await new Acceptance().AcceptAsync("""{"goal": "x", "workdir": "/srv/x", "metadata": {"a": 1}}""");

        accepted.Job.Workdir.Should().Be(".");
        accepted.Job.Metadata["ignored_workdir"].GetString().Should().Be("/srv/x");
        accepted.Job.Metadata["a"].GetInt32().Should().Be(1);
        accepted.Notices.Should().ContainSingle().Which.Should().StartWith("workdir:");
    }

    [Fact]
    public async Task The_idempotency_header_wins_over_the_body()
    {
        var door = new Acceptance();
        (await door.AcceptAsync("""{"goal": "x", "idempotency_key": "body"}""")).Job.IdempotencyKey.Should().Be("body");

        door.Door = door.Door with { IdempotencyKey = "header" };
        (await door.AcceptAsync("""{"goal": "x", "idempotency_key": "body"}""")).Job.IdempotencyKey.Should().Be("header");

        door.Door = door.Door with { IdempotencyKey = new string('k', 256) };
        (await door.RefuseOnceAsync("""{"goal": "x"}""")).Path.Should().Be("Idempotency-Key");
    }

    [Theory]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true)]
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01", false)]
    [InlineData("garbage\r\nX-Evil: 1", false)]
    [InlineData(null, false)]
    public async Task A_malformed_trace_parent_is_left_out(string? given, bool kept)
    {
        var door = new Acceptance();
        door.Door = door.Door with { TraceParent = given };

        (await door.AcceptAsync("""{"goal": "x"}""")).TraceParent.Should().Be(kept ? given : null);
    }

    [Theory]
    [InlineData("2026-02-30T00:00:00Z")]
    [InlineData("2026-03-01T00:00:00+14:30")]
    [InlineData("0000-01-01T00:00:00Z")]
    [InlineData("0001-01-01T00:00:00+10:00")]
    public async Task A_time_that_never_was_is_refused(string time) =>
        (await new Acceptance().RefuseOnceAsync($$"""{"goal": "x", "created_at": "{{time}}"}""")).Path.Should().Be("$.created_at");

    [Theory]
    [InlineData("timeout_sec", "600.0")]
    [InlineData("timeout_sec", "6e2")]
    [InlineData("max_retries", "0.3e1")]
    public async Task A_whole_number_may_be_written_in_any_way_json_has(string field, string number)
    {
        var accepted = await new Acceptance().AcceptAsync(Acceptance.Job(Acceptance.Step("a", $"\"{field}\": {number}")));

        (field == "timeout_sec" ? accepted.Job.Steps[0].TimeoutSec / 200 : accepted.Job.Steps[0].MaxRetries).Should().Be(3);
    }

    [Theory]
    [InlineData("http://user:pw@example.org/hook", "credentials_in_url")]
    [InlineData("https://token@example.org/", "credentials_in_url")]
    [InlineData("https://", "invalid_value")]
    [InlineData("http:///etc/passwd", "invalid_value")]
    public async Task A_callback_is_an_absolute_address_without_secrets(string url, string code) =>
        (await new Acceptance().RefuseOnceAsync($$"""{"goal": "x", "callback_url": "{{url}}"}""")).Should().BeEquivalentTo(new { Path = "$.callback_url", Code = code });

    [Theory]
    [InlineData("main", true)]
    [InlineData("refs/heads/release-1.2", true)]
    [InlineData("9fceb02d0ae598e95dc970b74767f19372d61af8", true)]
    [InlineData("--upload-pack=touch /tmp/x", false)]
    [InlineData("HEAD~1", false)]
    [InlineData("a..b", false)]
    [InlineData("a b", false)]
    [InlineData("main@{1}", false)]
    [InlineData("a/.b", false)]
    [InlineData("a//b", false)]
    [InlineData("a.lock", false)]
    [InlineData("a:b", false)]
    public async Task A_base_ref_is_a_ref_and_no_option_or_expression(string reference, bool accepted)
    {
        var result = await new Acceptance().With(Shop).SubmitAsync(JsonSerializer.Serialize(new { goal = "x", project_id = "shop", base_ref = reference }));

        result.IsAccepted.Should().Be(accepted);
        result.Problems.Should().OnlyContain(problem => problem.Path == "$.base_ref");
    }

    [Fact]
    public async Task A_base_ref_needs_a_project() =>
        (await new Acceptance().RefuseOnceAsync("""{"goal": "x", "base_ref": "main"}""")).Code.Should().Be(ProblemCodes.Contradiction);

    [Fact]
    public async Task Every_problem_is_named_at_once()
    {
        var problems = await new Acceptance().RefuseAsync($$"""
            {"goal": "x", "project_id": "nowhere", "policy": {"allowed_binaries": ["bash"]},
             "steps": [{{Acceptance.Step("a", agent: "clade")}}, {{Acceptance.Step("a", "\"allowed_tools\": [\"Reed\"], \"depends_on\": [\"z\"]")}}]}
            """);

        problems.Select(problem => problem.Path).Should().Contain(["$.project_id", "$.policy.allowed_binaries[0]", "$.steps[0].agent", "$.steps[1].step_id", "$.steps[1].allowed_tools[0]", "$.steps[1].depends_on[0]"]);
    }

    [Fact]
    public async Task More_steps_than_the_operator_takes_are_refused_before_anything_is_made_of_them()
    {
        var door = new Acceptance { Policy = { MaxSteps = 2 } };

        var problem = await door.RefuseOnceAsync(Acceptance.Job("{}", "{}", "{}"));

        problem.Should().BeEquivalentTo(new { Path = "$.steps", Code = ProblemCodes.TooManySteps });
    }

    [Fact]
    public async Task Names_in_camel_case_are_read_from_the_broker_and_free_data_stays_as_it_came()
    {
        var door = new Acceptance().With(Shop);
        const string body = """
            {"Goal": "x", "projectId": "shop", "ContextStrategy": "full", "contextWindow": [{"Role": "user", "content": "hi"}], "metadata": {"keepMe": {"asIs": 1}},
             "policy": {"allowedBinaries": ["claude"]}, "steps": [{"stepId": "a", "agent": "claude", "role": "planner", "prompt": "x", "timeoutSec": 5, "dependsOn": []}]}
            """;

        (await door.RefuseAsync(body)).Should().NotBeEmpty();
        door.Door = door.Door with { AcceptsCamelCase = true, Source = JobSourceType.Event };
        var accepted = await door.AcceptAsync(body);

        accepted.Job.Should().BeEquivalentTo(new { Goal = "x", ProjectId = "shop", ContextStrategy = ContextStrategy.Full });
        accepted.Job.ContextWindow.Should().Equal(new ContextMessage("user", "hi"));
        accepted.Job.Steps[0].Should().BeEquivalentTo(new { StepId = "a", TimeoutSec = 5 });
        accepted.Job.Metadata["keepMe"].GetProperty("asIs").GetInt32().Should().Be(1);
        accepted.Steps.Single().Role.Should().Be(StepRole.Planner);
    }

    [Fact]
    public async Task A_field_in_two_spellings_is_a_key_twice()
    {
        var door = new Acceptance();
        door.Door = door.Door with { AcceptsCamelCase = true };

        var problem = await door.RefuseOnceAsync("""{"goal": "x", "projectId": "a", "project_id": "b"}""");

        problem.Should().BeEquivalentTo(new { Path = "$.project_id", Code = ProblemCodes.InvalidJson });
    }
}
