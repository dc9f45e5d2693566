using AwesomeAssertions;
using Orchestrator.Agents;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.UnitTests.Agents.Simulated;

public sealed class SimulatedAgentTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly AgentFixture agents = new();

    [Fact]
    public async Task Unscripted_it_plans_changes_and_reviews_the_same_way_every_time()
    {
        await File.WriteAllTextAsync(folder.Join("README.md"), "hello\n");

        var plan = await RunAsync("# Goal\n\nMake it better.", run => run with { Role = StepRole.Planner, CanWrite = false, Tools = ["Read"] });
        var change = await RunAsync("# Goal\n\nMake it better.");
        var review = await RunAsync("# Goal\n\nMake it better.", run => run with { Role = StepRole.Reviewer, CanWrite = false, Tools = ["Read"] });

        new[] { plan, change, review }.Should().OnlyContain(result => result.Outcome == StepOutcome.Succeeded && result.Usage == new AgentUsage());
        plan.Report.Should().Contain("Goal: Make it better.").And.Contain("- README.md");
        (await File.ReadAllTextAsync(folder.Join("simulated", "02_implement.md"))).Should().Be("# Make it better.\n\nWritten by the simulated agent in step 02_implement.\n");
        review.Report.Should().Contain("Verdict: approved.");
    }

    [Fact]
    public async Task It_writes_appends_and_deletes_as_the_prompt_says()
    {
        await File.WriteAllTextAsync(folder.Join("old.txt"), "old\n");

        var result = await RunAsync("""
            simulate: write path=a/b.txt text=one\ntwo
            simulate: append path=a/b.txt text=three
            simulate: delete old.txt
            simulate: report text=Did three things.
            """);

        (result.Outcome, result.Report).Should().Be((StepOutcome.Succeeded, "Did three things."));
        (await File.ReadAllTextAsync(folder.Join("a", "b.txt"))).Should().Be("one\ntwo\nthree\n");
        File.Exists(folder.Join("old.txt")).Should().BeFalse();
    }

    [Fact]
    public async Task Without_a_writing_tool_it_is_refused_and_changes_nothing()
    {
        var result = await RunAsync("simulate: write path=x text=y", run => run with { CanWrite = false, Tools = ["Read"] });

        (result.Outcome, result.ErrorCode).Should().Be((StepOutcome.Failed, ErrorCodes.ToolDenied));
        Directory.GetFileSystemEntries(folder.Path).Should().BeEmpty();
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("/etc/outside")]
    [InlineData(".git/config")]
    [InlineData("link/outside")]
    [InlineData("a//b")]
    public async Task It_never_leaves_the_workspace(string path)
    {
        var outside = Directory.CreateDirectory(folder.Join("elsewhere"));
        var inside = Directory.CreateDirectory(folder.Join("work"));
        Directory.CreateSymbolicLink(folder.Join("work", "link"), outside.FullName);

        var result = await RunAsync($"simulate: write path={path} text=x", run => run with { Workspace = inside.FullName });

        (result.Outcome, result.ErrorCode).Should().Be((StepOutcome.Failed, ErrorCodes.AgentFailed));
        outside.GetFileSystemInfos().Should().BeEmpty();
        inside.GetFileSystemInfos().Should().ContainSingle();
    }

    [Theory]
    [InlineData("crash", ErrorCodes.AgentCrashed)]
    [InlineData("fail", ErrorCodes.AgentFailed)]
    [InlineData("fail code=no_result text=said nothing", ErrorCodes.NoResult)]
    [InlineData("dance", ErrorCodes.AgentFailed)]
    public async Task It_fails_as_it_is_told(string directive, string code)
    {
        var result = await RunAsync($"simulate: {directive}");

        (result.Outcome, result.ErrorCode).Should().Be((StepOutcome.Failed, code));
    }

    [Fact]
    public async Task A_failure_can_be_limited_to_the_first_attempts_and_visits()
    {
        const string Prompt = "simulate: fail times=2 visits=1";

        var second = await RunAsync(Prompt, run => run with { Key = run.Key with { Attempt = 2 } });
        var third = await RunAsync(Prompt, run => run with { Key = run.Key with { Attempt = 3 } });
        var visit = await RunAsync(Prompt, run => run with { Key = run.Key with { Visit = 2 } });

        (second.Outcome, third.Outcome, visit.Outcome).Should().Be((StepOutcome.Failed, StepOutcome.Succeeded, StepOutcome.Succeeded));
    }

    [Fact]
    public async Task A_directive_can_be_for_one_step_or_role_and_quoted_ones_are_none()
    {
        var mine = await RunAsync("simulate 02_implement: fail");
        var role = await RunAsync("simulate implementer: fail");
        var others = await RunAsync("simulate 01_plan: fail\nsimulate reviewer: fail\n  simulate: fail\n> simulate: fail\n+simulate: fail");

        (mine.Outcome, role.Outcome, others.Outcome).Should().Be((StepOutcome.Failed, StepOutcome.Failed, StepOutcome.Succeeded));
    }

    [Fact]
    public async Task It_parks_once_until_the_time_that_it_is_told()
    {
        var first = await RunAsync("simulate: park 5m");
        var second = await RunAsync("simulate: park 5m", run => run with { Key = run.Key with { Attempt = 2 } });

        (first.Outcome, first.ErrorCode, first.RetryAt).Should().Be((StepOutcome.Parked, ErrorCodes.ProviderLimit, AgentFixture.Now.AddMinutes(5)));
        second.Outcome.Should().Be(StepOutcome.Succeeded);
    }

    [Fact]
    public async Task Tokens_and_cost_are_what_the_prompt_says_also_of_a_failure()
    {
        var result = await RunAsync("simulate: cost 12345\nsimulate: tokens input=10 output=2 cache_read=7 calls=3\nsimulate: fail");

        result.Usage.Should().Be(new AgentUsage { InputTokens = 10, OutputTokens = 2, CacheReadTokens = 7, Calls = 3, CostMicroUsd = 12_345 });
    }

    [Fact]
    public async Task A_flood_is_as_long_as_it_is_told()
    {
        await RunAsync("simulate: flood 3MB");

        agents.Log.Where(line => line.StartsWith('x')).Sum(line => line.Length).Should().BeInRange((3 << 20) - 4096, 3 << 20);
    }

    [Fact]
    public async Task A_hang_lasts_until_the_steps_time_is_over_or_somebody_ends_it()
    {
        using var cancel = new CancellationTokenSource();
        var hanging = RunAsync("simulate: hang");
        var cancelled = RunAsync("simulate: sleep 5m", cancellationToken: cancel.Token);
        await cancel.CancelAsync();
        var act = () => cancelled;
        await act.Should().ThrowAsync<OperationCanceledException>();
        hanging.IsCompleted.Should().BeFalse();

        agents.Time.Advance(TimeSpan.FromSeconds(600));

        (await hanging).ErrorCode.Should().Be(ErrorCodes.Timeout);
    }

    public void Dispose()
    {
        agents.Dispose();
        folder.Dispose();
    }

    private Task<AgentResult> RunAsync(string prompt, Func<AgentRun, AgentRun>? change = null, CancellationToken cancellationToken = default)
    {
        var run = agents.Run(run => run with { Prompt = prompt, Workspace = folder.Path });
        return agents.Catalog.Find(AgentNames.Simulated)!.RunAsync(change?.Invoke(run) ?? run, cancellationToken);
    }
}
