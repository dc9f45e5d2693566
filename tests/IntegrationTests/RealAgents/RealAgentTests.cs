using AwesomeAssertions;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.IntegrationTests.RealAgents;

/// <summary>The real CLIs in the real box. Without one of them, or without bubblewrap, these tests fail.</summary>
[Trait("Category", "Serverless")]
public sealed class RealAgentTests
{
    // claude-sonnet-5-5: 1450 x 2 + 4550 x 0.1 + 500 x 2.5 + 180 x 10 = 2900 + 455 + 1250 + 1800 = 6405 micro-dollars.
    // gpt-5.5: 1450 x 5 + 4550 x 0.5 + 180 x 30 = 7250 + 2275 + 5400 = 14925 micro-dollars.
    [Theory]
    [InlineData("claude", 529, "claude-sonnet-5-5", 6500, 500, 0.006405)]
    [InlineData("codex", 500, "gpt-5.5", 6000, 0, 0.014925)]
    [InlineData("opencode", 500, "gpt-5.5", 6000, 0, 0.014925)]
    public async Task A_step_edits_a_clone_of_a_real_repository_and_is_billed_to_the_token(string agent, int failure, string model, int tokensIn, int cacheWrite, double cost)
    {
        await using var launch = await RealLaunch.StartAsync(agent, AgentScripts.Work(agent, failure));

        var finished = await launch.RunAsync("implementer", ["Read", "Edit", "Write", "Bash"]);

        finished.Outcome.Should().Be(StepOutcome.Succeeded, $"{finished.ErrorMessage}\n{await launch.ReadAsync(finished, "logs.txt")}\n{string.Join('\n', launch.Model.Seen)}");
        (await launch.AppliedAsync(finished, "README.md")).Should().Be("# Sample\n\nhello, friend\n");
        (await launch.ReadAsync(finished, "patch.diff")).Should().Contain("+++ b/NOTES.md").And.Contain("+a note");
        (await launch.ReadAsync(finished, "logs.txt")).Should().MatchRegex(@"\[(Read|read|shell)\] .*README\.md", $"its tools are {string.Join(", ", launch.Model.Seen.SelectMany(request => request.Tools).Distinct())}");
        (await launch.ReadAsync(finished, "report.md")).Should().Be("# Better\n\nThe greeting is warmer now.\n");
        var metrics = (await launch.ResultAsync(finished)).GetProperty("metrics");
        metrics.GetProperty("tokens_in").GetInt64().Should().Be(tokensIn);
        metrics.GetProperty("tokens_out").GetInt64().Should().Be(180);
        metrics.GetProperty("cache_read_tokens").GetInt64().Should().Be(4550);
        (metrics.TryGetProperty("cache_write_tokens", out var written) ? written.GetInt32() : 0).Should().Be(cacheWrite);
        metrics.GetProperty("cost_usd").GetDouble().Should().Be(cost);
        metrics.GetProperty("model").GetString().Should().Be(model);
        launch.Model.Seen.Where(request => request.Round is not null || request.Status != 200).Select(request => (request.Status, request.Round))
            .Should().Equal((failure, null), (200, 0), (200, 1), (200, 2), (200, 3));
        launch.Model.Seen.Where(request => request.Status != 0).Should().OnlyContain(request => request.Key == RealLaunch.Key, "the relay put the key in");
        (await launch.ReadAsync(finished, "logs.txt") + await launch.ReadAsync(finished, "raw_stdout.txt")).Should().NotContain(RealLaunch.Key);
        launch.Processes().Should().BeEmpty();
    }

    [Theory]
    [InlineData("claude")]
    [InlineData("codex")]
    [InlineData("opencode", Traits = ["Category", "Long"])]
    public async Task Edit_that_is_granted_to_a_reviewer_writes(string agent)
    {
        await using var launch = await RealLaunch.StartAsync(agent, AgentScripts.Change(agent));

        var finished = await launch.RunAsync("reviewer", ["Read", "Edit"]);

        finished.Outcome.Should().Be(StepOutcome.Succeeded, $"{finished.ErrorMessage}\n{await launch.ReadAsync(finished, "logs.txt")}");
        (finished.Changed, finished.Role).Should().Be((true, StepRole.Reviewer));
        (await launch.AppliedAsync(finished, "README.md")).Should().Contain("hello, friend");
    }

    [Theory]
    [InlineData("claude")]
    [InlineData("codex")]
    [InlineData("opencode", Traits = ["Category", "Long"])]
    public async Task An_implementer_that_may_only_read_changes_nothing_and_its_attempt_is_told(string agent)
    {
        await using var launch = await RealLaunch.StartAsync(agent, AgentScripts.Change(agent));

        var finished = await launch.RunAsync("implementer", ["Read", "Grep", "Glob"]);

        (finished.Outcome, finished.ErrorCode).Should().Be((StepOutcome.Failed, ErrorCodes.ToolDenied), $"{finished.ErrorMessage}\n{await launch.ReadAsync(finished, "logs.txt")}");
        finished.Changed.Should().BeFalse();
        (await launch.ReadAsync(finished, "patch.diff")).Should().BeEmpty();
        (await launch.ResultAsync(finished)).GetProperty("error").GetProperty("code").GetString().Should().Be("tool_denied");
    }
}
