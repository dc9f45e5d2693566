using AwesomeAssertions;
using Microsoft.Extensions.Time.Testing;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.UnitTests.Execution.Attempts;

/// <summary>What the job asks of a step beyond the agent's word: a change, and a command that agrees.</summary>
public sealed class AttemptVerifyTests
{
    [Fact]
    public async Task Done_without_a_change_is_a_failure_where_changes_are_required()
    {
        using var engine = new EngineFixture();
        engine.InProcess((_, _) => Task.FromResult(EngineFixture.Done));

        var required = await engine.RunAsync(engine.Job(requireChanges: true));
        var free = await engine.RunAsync(engine.Job());

        (required.Outcome, required.ErrorCode).Should().Be((StepOutcome.Failed, ErrorCodes.NoChanges));
        free.Outcome.Should().Be(StepOutcome.Succeeded);
    }

    [Theory]
    [InlineData("grep -q better README.md && git diff --quiet && touch built && test -w .", null)]
    [InlineData("echo this is wrong; exit 3", "*ended with exit code 3*")]
    public async Task Verify_judges_the_work_and_leaves_no_trace_in_it(string script, string? message)
    {
        using var engine = new EngineFixture();
        engine.Boxed("echo better > README.md; echo 'exit 9' > $HOME/.profile");

        var finished = await engine.RunAsync(engine.Job(new StepDocument { Verify = ["sh", "-c", script] }));

        if (message is null)
            finished.Outcome.Should().Be(StepOutcome.Succeeded, finished.ErrorMessage);
        else
            (finished.Outcome, finished.ErrorCode).Should().Be((StepOutcome.Failed, ErrorCodes.VerifyFailed));
        if (message is not null)
            finished.ErrorMessage.Should().Match(message);
        (await engine.ReadAsync(finished, "patch.diff")).Should().Contain("+better").And.NotContain("built");
        (await engine.ReadAsync(finished, "logs.txt")).Should().Contain(message is null ? "verify: sh" : "this is wrong");
    }

    [Fact]
    public async Task Verify_may_be_a_program_of_the_repository_and_write_after_a_step_that_only_reads()
    {
        using var engine = new EngineFixture();
        File.WriteAllText(Path.Join(engine.Source.Path, "check.sh"), "#!/bin/sh\ntouch built && grep -q hello README.md\n");
        engine.Source.Git("add", "--all");
        engine.Source.Git("update-index", "--chmod=+x", "check.sh");
        engine.Source.Git("commit", "--quiet", "--message", "check");
        engine.Boxed("true");

        var finished = await engine.RunAsync(engine.Job(new StepDocument { Verify = ["./check.sh"] }, canWrite: false));

        finished.Outcome.Should().Be(StepOutcome.Succeeded, finished.ErrorMessage);
        finished.Changed.Should().BeFalse();
    }

    [Fact]
    public async Task Verify_has_only_the_time_that_its_agent_left()
    {
        var clock = new FakeTimeProvider();
        using var engine = new EngineFixture(clock);
        engine.InProcess((run, _) =>
        {
            clock.Advance(TimeSpan.FromSeconds(run.Step.TimeoutSec));
            return Task.FromResult(EngineFixture.Done);
        });

        var finished = await engine.RunAsync(engine.Job(new StepDocument { TimeoutSec = 600, Verify = ["true"] }));

        (finished.Outcome, finished.ErrorCode).Should().Be((StepOutcome.Failed, ErrorCodes.VerifyFailed));
        finished.ErrorMessage.Should().Contain("together have 600 s");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Verify_reaches_no_program_of_the_host_that_a_job_names_or_an_agent_links_to(bool linked)
    {
        using var engine = new EngineFixture();
        var tool = HostTool(engine);
        engine.Boxed(linked ? $"ln -s {tool} check" : "true");

        var finished = await engine.RunAsync(engine.Job(new StepDocument { Verify = [linked ? "./check" : tool] }));

        (finished.Outcome, finished.ErrorCode).Should().Be((StepOutcome.Failed, ErrorCodes.VerifyFailed));
        finished.ErrorMessage.Should().Contain("exit code 127");
        (await engine.ReadAsync(finished, "logs.txt")).Should().NotContain("of the host");
    }

    [Fact]
    public async Task The_folder_around_the_agents_own_program_is_seen_by_the_agent_and_not_by_verify()
    {
        using var engine = new EngineFixture();
        var tool = HostTool(engine);
        engine.Binary = tool;
        engine.Boxed(tool);

        var finished = await engine.RunAsync(engine.Job(new StepDocument { Verify = ["test", "!", "-e", tool] }));

        finished.Outcome.Should().Be(StepOutcome.Succeeded, finished.ErrorMessage);
        (await engine.ReadAsync(finished, "raw_stdout.txt")).Should().Be("of the host\n");
    }

    private static string HostTool(EngineFixture engine)
    {
        var folder = Directory.CreateDirectory(engine.Join("tools")).FullName;
        File.WriteAllText(Path.Join(folder, "canary"), "of the host\n");
        var tool = Path.Join(folder, "tool");
        File.WriteAllText(tool, $"#!/bin/sh\ncat {folder}/canary\n");
        File.SetUnixFileMode(tool, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return tool;
    }
}
