using System.Text.Json;
using AwesomeAssertions;
using Orchestrator.Cli;

namespace Orchestrator.UnitTests.Cli.Dev;

/// <summary>Every command against a real server.</summary>
public sealed class DevJourneyTests(DevFolder dev) : IClassFixture<DevFolder>
{
    private const string Limit = "120s";

    [Fact]
    public async Task A_submitted_job_is_watched_shown_listed_and_its_patch_applied()
    {
        var submitted = await dev.RunAsync("submit", "--goal", "Write a note.", "--repo", dev.Repository.Path, "--tag", "journey", "--watch", "--timeout", Limit);
        var id = (await dev.RunAsync("list", "--tag", "journey", "-o", "name")).Out.Trim();

        submitted.ExitCode.Should().Be(ExitCodes.Done, submitted.Error);
        submitted.Error.Should().Contain("✓ succeeded  03_review");
        submitted.Out.Should().Contain("✓ completed").And.Contain($"orch apply {id}");
        (await dev.RunAsync("status", id)).Out.Should().Contain("02_implement").And.NotContain(" \n");
        (await dev.RunAsync("status", id, "-o", "json")).Out.Should().Contain("\"status\": \"completed\"");
        (await dev.RunAsync("report", id)).Out.Should().NotBeEmpty();
        (await dev.RunAsync("logs", id)).Error.Should().Contain("== 01_plan");
        (await dev.RunAsync("diff", id)).Out.Should().StartWith("diff --git");
        var applied = await dev.RunAsync("apply", id, "--repo", dev.Repository.Path);
        applied.ExitCode.Should().Be(ExitCodes.Done, applied.Error);
        (await dev.Repository.GitAsync("diff", "--cached", "--name-only")).TrimEnd().Should().Be(applied.Out.TrimEnd());
        var dirty = await dev.RunAsync("apply", id, "--repo", dev.Repository.Path);
        dirty.ExitCode.Should().Be(ExitCodes.Usage);
        await dev.Repository.GitAsync("reset", "-q", "--hard");
    }

    [Fact]
    public async Task Following_the_log_ends_with_the_job_and_prints_every_attempt_once()
    {
        var id = await dev.SubmitAsync("""
            goal: Fail once.
            steps:
              - {step_id: work, agent: simulated, role: planner, prompt: "simulate: sleep 1s\nsimulate: fail", max_retries: 1, retry_backoff_sec: 0}
            """);

        var follow = await dev.RunAsync("logs", id, "-f");

        follow.ExitCode.Should().Be(ExitCodes.JobFailed);
        follow.Out.Split('\n').Count(line => line == "simulated: sleep 1s").Should().Be(2, follow.Out);
    }

    [Fact]
    public async Task Following_reads_the_log_of_a_step_that_is_visited_again_from_its_first_line()
    {
        var id = await dev.SubmitAsync("""
            goal: Send it back once.
            steps:
              - {step_id: work, agent: simulated, role: planner, prompt: "simulate: noop"}
              - {step_id: check, agent: simulated, role: reviewer, prompt: "simulate: sleep 1s\nsimulate: fail visits=1\nsimulate: noop", max_retries: 0, on_failure: "goto:work"}
            """);

        var follow = await dev.RunAsync("logs", id, "-f");

        follow.ExitCode.Should().Be(ExitCodes.Done, follow.Error);
        follow.Out.Split('\n').Count(line => line == "[work] simulated: noop").Should().Be(2, follow.Out);
    }

    [Fact]
    public async Task Following_ends_where_only_a_person_can_carry_the_job_on()
    {
        var id = await dev.SubmitAsync("""
            goal: Ask after.
            steps:
              - {step_id: work, agent: simulated, role: planner, prompt: "simulate: noop", approval: after}
            """);

        var follow = await dev.RunAsync("logs", id, "-f");
        var watch = await dev.RunAsync("watch", id, "-o", "jsonl");

        follow.ExitCode.Should().Be(ExitCodes.NeedsPerson);
        follow.Out.Should().Contain("simulated: noop");
        watch.ExitCode.Should().Be(ExitCodes.NeedsPerson);
        watch.Out.Should().Contain("\"job_parked\"");
        (await dev.RunAsync("approve", id, "-m", "good")).ExitCode.Should().Be(ExitCodes.Done);
        var end = await WatchToEndAsync(id);
        end.ExitCode.Should().Be(ExitCodes.Done);
    }

    [Fact]
    public async Task A_rejected_job_is_exit_code_4_and_a_second_decision_is_refused()
    {
        var id = await dev.SubmitAsync("""
            goal: Ask before.
            policy: {requires_approval: true}
            """);
        (await dev.RunAsync("watch", id, "--timeout", Limit)).ExitCode.Should().Be(ExitCodes.NeedsPerson);

        (await dev.RunAsync("reject", id, "-m", "no")).ExitCode.Should().Be(ExitCodes.Done);

        (await WatchToEndAsync(id)).ExitCode.Should().Be(ExitCodes.NeedsPerson);
        (await dev.RunAsync("approve", id)).ExitCode.Should().Be(ExitCodes.Usage);
    }

    [Fact]
    public async Task A_conflict_of_two_branches_is_resolved_by_taking_one_side()
    {
        var id = await dev.SubmitAsync("""
            goal: Disagree.
            steps:
              - {step_id: a, agent: simulated, role: planner, prompt: "simulate: noop"}
              - {step_id: b, agent: simulated, role: implementer, prompt: "simulate: write path=src/app.txt text=left", depends_on: [a]}
              - {step_id: c, agent: simulated, role: implementer, prompt: "simulate: write path=src/app.txt text=right", depends_on: [a]}
              - {step_id: d, agent: simulated, role: reviewer, prompt: "simulate: noop", depends_on: [b, c]}
            """);
        var conflict = await dev.RunAsync("watch", id, "--timeout", Limit);
        conflict.ExitCode.Should().Be(ExitCodes.NeedsPerson);
        conflict.Out.Should().Contain("merge_conflict").And.Contain($"orch resolve {id} --take");

        (await dev.RunAsync("resolve", id, "--take", "c")).ExitCode.Should().Be(ExitCodes.Done);

        (await WatchToEndAsync(id)).ExitCode.Should().Be(ExitCodes.Done);
        (await dev.RunAsync("diff", id)).Out.Should().Contain("+right").And.NotContain("+left");
    }

    [Fact]
    public async Task A_cancelled_job_ends_its_watch_and_a_parked_one_is_woken_by_hand()
    {
        var id = await dev.SubmitAsync("""
            goal: Hang.
            steps:
              - {step_id: work, agent: simulated, role: planner, prompt: "simulate: hang"}
            """);
        await Eventually.IsTrueAsync(async () => await OrchProcess.StepStatusAsync(dev.Path, id, "work") == "running", TimeSpan.FromMinutes(1));
        var early = await dev.RunAsync("watch", id, "--timeout", "0.5s");

        var watch = dev.RunAsync("watch", id, "--timeout", Limit);
        (await dev.RunAsync("cancel", id)).ExitCode.Should().Be(ExitCodes.Done);

        early.ExitCode.Should().Be(ExitCodes.TimedOut);
        (await watch).ExitCode.Should().Be(ExitCodes.JobFailed);
        (await watch).Out.Should().Contain("⊘ cancelled");
        (await dev.RunAsync("wake", id)).ExitCode.Should().Be(ExitCodes.Usage);
    }

    [Fact]
    public async Task Projects_tokens_agents_and_the_doctor_answer()
    {
        (await dev.RunAsync("projects", "set", "shop", "--repo-url", new Uri(dev.Repository.Path).AbsoluteUri)).ExitCode.Should().Be(ExitCodes.Done);
        (await dev.RunAsync("projects", "list", "-o", "name")).Out.Split('\n').Should().Contain("shop");
        var created = JsonDocument.Parse((await dev.RunAsync("tokens", "create", "ci", "--project", "shop", "--verb", "read", "-o", "json")).Out).RootElement;
        var token = created.GetProperty("token").GetString()!;

        var read = await dev.RunAsync("--token", token, "list");
        var submit = await dev.RunAsync("--token", token, "submit", "--goal", "x", "--project", "shop");
        (await dev.RunAsync("tokens", "revoke", created.GetProperty("id").GetString()!)).ExitCode.Should().Be(ExitCodes.Done);

        read.ExitCode.Should().Be(ExitCodes.Done, read.Error);
        submit.ExitCode.Should().Be(ExitCodes.Usage);
        (await dev.RunAsync("tokens", "list", "-o", "name")).Out.Should().NotContain(created.GetProperty("id").GetString()!);
        (await dev.RunAsync("agents", "-o", "name")).Out.Split('\n').Should().Contain("simulated");
        (await dev.RunAsync("status", "no-such-job")).ExitCode.Should().Be(ExitCodes.NotFound);
        (await dev.RunAsync("doctor")).Out.Should().Contain("gateway").And.Contain(dev.Path);
    }

    private Task<CliRun> WatchToEndAsync(string id) => dev.RunAsync("watch", id, "--timeout", Limit);
}
