using System.Diagnostics;
using System.Text;
using System.Text.Json;
using AwesomeAssertions;
using Orchestrator.Agents;
using Orchestrator.Contracts.Projects;
using Orchestrator.Contracts.Steps;
using Orchestrator.Execution.Attempts;

namespace Orchestrator.UnitTests.Execution.Attempts;

public sealed class AttemptEngineTests
{
    [Fact]
    public async Task A_launch_leaves_its_artifacts_with_their_hashes_and_an_empty_disk()
    {
        using var engine = new EngineFixture();
        engine.InProcess((run, _) =>
        {
            run.Log.WriteLine("working");
            File.WriteAllText(Path.Join(run.Workspace, "README.md"), "better\n");
            return Task.FromResult(EngineFixture.Done with { Usage = new AgentUsage { InputTokens = 10, OutputTokens = 2, CostMicroUsd = 1500 } });
        });

        var finished = await engine.RunAsync(engine.Job());

        finished.Outcome.Should().Be(StepOutcome.Succeeded);
        (finished.ErrorCode, finished.Summary, finished.Changed, finished.Agent).Should().Be((null, "All done.", true, "test"));
        finished.BaseCommit.Should().Be(engine.Source.Git("rev-parse", "HEAD"));
        finished.Files.Keys.Should().BeEquivalentTo("report.md", "patch.diff", "cumulative.diff", "logs.txt", "result.json", "raw_stdout.txt", ".prompt.md", ".work.bundle");
        (await engine.ReadAsync(finished, "report.md")).Should().Be("# Report\n\nAll done.\n");
        (await engine.ReadAsync(finished, "patch.diff")).Should().Contain("-hello\n+better\n");
        (await engine.ReadAsync(finished, "logs.txt")).Should().Contain("working\n");
        using var result = JsonDocument.Parse(await engine.ReadAsync(finished, "result.json"));
        result.RootElement.GetProperty("status").GetString().Should().Be("success");
        result.RootElement.GetProperty("change_status").GetString().Should().Be("changed");
        result.RootElement.GetProperty("metrics").GetProperty("cost_usd").GetDecimal().Should().Be(0.0015m);
        engine.Leftovers().Should().BeEmpty();
    }

    [Fact]
    public async Task An_agent_in_its_box_works_on_the_clone_and_its_output_is_kept()
    {
        using var engine = new EngineFixture();
        engine.Boxed("echo to-stdout; git commit -q --allow-empty -m inside; git log --format=%s | head -1; echo better > README.md; git commit -qam 'also inside'");

        var finished = await engine.RunAsync(engine.Job());

        finished.Outcome.Should().Be(StepOutcome.Succeeded, finished.ErrorMessage);
        (await engine.ReadAsync(finished, "raw_stdout.txt")).Should().Be("to-stdout\ninside\n");
        (await engine.ReadAsync(finished, "patch.diff")).Should().Contain("+better", "commits made inside are no evidence, the files are");
    }

    [Fact]
    public async Task A_step_without_a_writing_tool_cannot_write()
    {
        using var engine = new EngineFixture();
        engine.Boxed("echo x > README.md && exit 1; echo x > new.txt && exit 1; cat README.md; git status --porcelain; exit 0");

        var finished = await engine.RunAsync(engine.Job(canWrite: false));

        finished.Outcome.Should().Be(StepOutcome.Succeeded, finished.ErrorMessage);
        finished.Changed.Should().BeFalse();
        (await engine.ReadAsync(finished, "patch.diff")).Should().BeEmpty();
        (await engine.ReadAsync(finished, "raw_stdout.txt")).Should().Be("hello\n");
    }

    [Fact]
    public async Task Work_of_a_launch_that_is_over_its_time_is_kept()
    {
        using var engine = new EngineFixture();
        engine.Boxed("echo half > half.txt; sleep 600");

        var finished = await engine.RunAsync(engine.Job(new StepDocument { TimeoutSec = 2 }));

        (finished.Outcome, finished.ErrorCode, finished.Changed).Should().Be((StepOutcome.TimedOut, ErrorCodes.Timeout, true));
        (await engine.ReadAsync(finished, "patch.diff")).Should().Contain("+half");
        (await engine.ReadAsync(finished, "result.json")).Should().Contain("\"timeout\"");
        engine.Leftovers().Should().BeEmpty();
    }

    [Fact]
    public async Task Work_of_a_launch_that_fails_is_kept()
    {
        using var engine = new EngineFixture();
        engine.InProcess((run, _) =>
        {
            File.WriteAllText(Path.Join(run.Workspace, "half.txt"), "half\n");
            return Task.FromResult(new AgentResult { Outcome = StepOutcome.Failed, ErrorCode = ErrorCodes.AgentFailed, ErrorMessage = "gave up", Report = "I gave up." });
        });

        var finished = await engine.RunAsync(engine.Job());

        (finished.Outcome, finished.ErrorCode, finished.Changed).Should().Be((StepOutcome.Failed, ErrorCodes.AgentFailed, true));
        finished.Work!.Bundle.Should().NotBeNull();
        (await engine.ReadAsync(finished, "report.md")).Should().Contain("I gave up.").And.Contain("`agent_failed`: gave up");
    }

    [Fact]
    public Task A_cancelled_launch_ends_within_two_seconds_with_its_processes_and_keeps_its_work() => Promise.HoldsAsync(TimeSpan.FromSeconds(2), async () =>
    {
        using var engine = new EngineFixture();
        using var cancel = new CancellationTokenSource();
        engine.Boxed("echo half > half.txt; trap '' TERM; setsid sleep 601 & sleep 601");
        var running = engine.RunAsync(engine.Job(), cancellationToken: cancel.Token);
        await Eventually.IsTrueAsync(() => engine.Leftovers() is [var launch] && new FileInfo(Path.Join(launch, "work", "half.txt")) is { Exists: true, Length: > 0 });
        var watch = Stopwatch.StartNew();

        await cancel.CancelAsync();
        await Eventually.IsTrueAsync(() => !Running("sleep\0601"), TimeSpan.FromSeconds(10));
        var ended = watch.Elapsed;
        var finished = await running;

        (finished.Outcome, finished.ErrorCode, finished.Changed).Should().Be((StepOutcome.Cancelled, ErrorCodes.Cancelled, true));
        (await engine.ReadAsync(finished, "patch.diff")).Should().Contain("+half");
        engine.Leftovers().Should().BeEmpty();
        return ended;
    });

    [Fact]
    public async Task An_agent_in_this_process_that_does_not_end_is_timed_out_and_cancelled_too()
    {
        using var engine = new EngineFixture();
        engine.InProcess(async (_, token) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
            return EngineFixture.Done;
        });
        using var cancel = new CancellationTokenSource();

        var timedOut = await engine.RunAsync(engine.Job(new StepDocument { TimeoutSec = 1 }));
        var running = engine.RunAsync(engine.Job(new StepDocument { TimeoutSec = 600 }), cancellationToken: cancel.Token);
        await cancel.CancelAsync();

        timedOut.ErrorCode.Should().Be(ErrorCodes.Timeout);
        (await running).Outcome.Should().Be(StepOutcome.Cancelled);
    }

    [Fact]
    public async Task What_is_missing_on_this_machine_parks_the_launch_with_its_name()
    {
        using var engine = new EngineFixture(("Sandbox:Bubblewrap", "/nonexistent/bwrap"));
        engine.Boxed("true");
        var unboxed = await engine.RunAsync(engine.Job());
        engine.Problem = "claude is not installed: install it.";
        var missing = await engine.RunAsync(engine.Job());

        (unboxed.Outcome, unboxed.ErrorCode).Should().Be((StepOutcome.Parked, ErrorCodes.SandboxUnavailable));
        (missing.Outcome, missing.ErrorCode, missing.ErrorMessage).Should().Be((StepOutcome.Parked, ErrorCodes.AgentUnavailable, "claude is not installed: install it."));
        unboxed.Files.Keys.Should().Contain(["report.md", "patch.diff", "logs.txt", "result.json"]);
    }

    [Fact]
    public async Task An_unknown_agent_is_a_failure_that_names_those_there_are()
    {
        using var engine = new EngineFixture();

        var finished = await engine.RunAsync(engine.Job());

        (finished.Outcome, finished.ErrorCode).Should().Be((StepOutcome.FailedForGood, ErrorCodes.UnknownAgent));
    }

    [Fact]
    public async Task The_projects_cache_folders_are_seen_in_the_box_and_cannot_be_written()
    {
        using var engine = new EngineFixture();
        var cache = Directory.CreateDirectory(engine.Join("cache")).FullName;
        await File.WriteAllTextAsync(Path.Join(cache, "package"), "cached\n");
        engine.Boxed($"cp {cache}/package taken.txt && ! touch {cache}/planted 2>/dev/null");
        var job = engine.Job();

        var with = await engine.RunAsync(job with { Project = job.Project! with { CacheMounts = [cache] } });
        var without = await engine.RunAsync(job);

        with.Outcome.Should().Be(StepOutcome.Succeeded, with.ErrorMessage);
        (await engine.ReadAsync(with, "patch.diff")).Should().Contain("+cached");
        File.Exists(Path.Join(cache, "planted")).Should().BeFalse();
        without.Outcome.Should().Be(StepOutcome.Failed, "the box shows nothing else of the host");
    }

    [Theory]
    [InlineData("false", false)]
    [InlineData("true", true)]
    public async Task A_job_leaves_the_box_only_where_the_operator_of_the_runner_lets_it(string allowed, bool leaves)
    {
        using var engine = new EngineFixture(("Policy:AllowUnsandboxed", allowed));
        engine.Boxed($"test -e {engine.Join("source")}");

        var finished = await engine.RunAsync(engine.Job(change: job => job with { Policy = job.Policy with { Sandbox = false } }));

        finished.Outcome.Should().Be(leaves ? StepOutcome.Succeeded : StepOutcome.Failed, finished.ErrorMessage);
        finished.Notices.Any(notice => notice.Contains("lowered", StringComparison.Ordinal)).Should().Be(leaves);
    }

    [Fact]
    public async Task A_lowered_sandbox_stands_in_every_result()
    {
        using var engine = new EngineFixture(("Sandbox:Mode", "none"));
        engine.Boxed("echo better > README.md");

        var boxed = await engine.RunAsync(engine.Job());
        engine.InProcess((_, _) => Task.FromResult(EngineFixture.Done));
        var inProcess = await engine.RunAsync(engine.Job());

        boxed.Outcome.Should().Be(StepOutcome.Succeeded, boxed.ErrorMessage);
        boxed.Notices.Should().ContainSingle().Which.Should().Contain("lowered");
        inProcess.Notices.Should().ContainSingle().Which.Should().Contain("lowered");
        (await engine.ReadAsync(boxed, "result.json")).Should().Contain("lowered");
    }

    [Fact]
    public async Task A_repository_that_is_not_there_is_a_named_failure()
    {
        using var engine = new EngineFixture();
        engine.InProcess((_, _) => Task.FromResult(EngineFixture.Done));

        var finished = await engine.RunAsync(engine.Job() with { Project = new ProjectDocument { Id = "gone", RepoUrl = "/no/such/place" } });

        (finished.Outcome, finished.ErrorCode).Should().Be((StepOutcome.Failed, ErrorCodes.RepositoryUnavailable));
        finished.ErrorMessage.Should().Contain("repo_url");
        (await engine.ReadAsync(finished, "logs.txt")).Should().Contain("repository_unavailable");
    }

    [Fact]
    public async Task A_conflict_parks_the_launch_and_names_both_sides()
    {
        using var engine = new EngineFixture();
        var works = new List<StepWork>();
        foreach (var side in new[] { "b", "c" })
        {
            engine.InProcess((run, _) =>
            {
                File.WriteAllText(Path.Join(run.Workspace, "README.md"), $"{side}\n");
                return Task.FromResult(EngineFixture.Done);
            });
            works.Add((await engine.RunAsync(engine.Job())).Work! with { StepId = side });
        }

        var finished = await engine.RunAsync(engine.Job(), command => command with { StartFrom = works });

        (finished.Outcome, finished.ErrorCode).Should().Be((StepOutcome.Parked, ErrorCodes.MergeConflict));
        finished.ConflictingSteps.Should().Equal("b", "c");
    }

    [Fact]
    public async Task A_job_document_that_is_not_what_was_recorded_is_refused()
    {
        using var engine = new EngineFixture();

        var finished = await engine.RunAsync(engine.Job(), command => command with { Document = command.Document with { Sha256 = new string('0', 64) } });

        (finished.Outcome, finished.ErrorCode).Should().Be((StepOutcome.FailedForGood, ErrorCodes.InputMissing));
        finished.Files.Keys.Should().Contain(["report.md", "logs.txt"]);
    }

    [Fact]
    public async Task An_adapter_that_throws_is_our_fault_and_the_work_is_kept()
    {
        using var engine = new EngineFixture();
        engine.InProcess((run, _) =>
        {
            File.WriteAllText(Path.Join(run.Workspace, "half.txt"), "half\n");
            throw new InvalidOperationException("with a secret in it");
        });

        var finished = await engine.RunAsync(engine.Job());

        (finished.Outcome, finished.ErrorCode, finished.Changed).Should().Be((StepOutcome.Failed, ErrorCodes.Internal, true));
        finished.ErrorMessage.Should().NotContain("secret");
        engine.Leftovers().Should().BeEmpty();
    }

    [Fact]
    public async Task Work_that_is_too_large_is_a_named_failure()
    {
        using var engine = new EngineFixture(("Execution:MaxChangedFiles", "10"));
        engine.InProcess((run, _) =>
        {
            File.WriteAllText(Path.Join(run.Workspace, ".gitignore"), "ignored/\n");
            Directory.CreateDirectory(Path.Join(run.Workspace, "ignored"));
            foreach (var i in Enumerable.Range(0, 50))
                File.WriteAllText(Path.Join(run.Workspace, run.Prompt.Contains("many", StringComparison.Ordinal) ? "" : "ignored", $"f{i}"), "x");
            return Task.FromResult(EngineFixture.Done);
        });

        var many = await engine.RunAsync(engine.Job(new StepDocument { Prompt = "many" }));
        var ignored = await engine.RunAsync(engine.Job(new StepDocument { Prompt = "hidden" }));

        (many.Outcome, many.ErrorCode).Should().Be((StepOutcome.Failed, ErrorCodes.WorkTooLarge));
        many.ErrorMessage.Should().Contain("51 files").And.Contain("Execution:MaxChangedFiles");
        ignored.Outcome.Should().Be(StepOutcome.Succeeded);
    }

    [Fact]
    public async Task A_lost_lease_ends_the_launch_without_a_report()
    {
        using var engine = new EngineFixture(("Processes:LogFlushInterval", "00:00:00.010"));
        engine.OnText = _ => throw new LeaseLostException();
        engine.InProcess(async (_, token) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
            return EngineFixture.Done;
        });

        var running = () => engine.RunAsync(engine.Job());

        await running.Should().ThrowAsync<LeaseLostException>();
        engine.Leftovers().Should().BeEmpty();
    }

    [Fact]
    public async Task The_workspace_of_a_failure_is_kept_aside_when_the_operator_says_so()
    {
        using var engine = new EngineFixture(("Execution:KeepFailedWorkspaces", "true"));
        engine.InProcess((run, _) => Task.FromResult(run.Prompt.Contains("fail", StringComparison.Ordinal) ? EngineFixture.Done with { Outcome = StepOutcome.Failed } : EngineFixture.Done));

        await engine.RunAsync(engine.Job());
        await engine.RunAsync(engine.Job(new StepDocument { Prompt = "fail" }));

        engine.Leftovers().Should().BeEmpty();
        Directory.GetDirectories(Path.Join(engine.Work, "kept")).Should().ContainSingle().Which.Should().Contain("job-0001-1-02_implement-1-1");
    }

    [Fact]
    public async Task Without_a_project_no_git_is_started()
    {
        using var engine = new EngineFixture(("Git:Binary", "/nonexistent/git"));
        engine.InProcess((_, _) => Task.FromResult(EngineFixture.Done));

        var finished = await engine.RunAsync(engine.Job() with { Project = null });

        finished.Outcome.Should().Be(StepOutcome.Succeeded, finished.ErrorMessage);
        finished.Changed.Should().BeFalse();
    }

    // A program with something beside it that is not for everybody.
    private static bool Running(string commandLine) => Directory.EnumerateDirectories("/proc").Any(process =>
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(Path.Join(process, "cmdline"))).Contains(commandLine, StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });
}
