using AwesomeAssertions;
using Orchestrator.Contracts.Steps;
using Orchestrator.FakeModel.Script;

namespace Orchestrator.IntegrationTests.RealAgents;

/// <summary>What the real CLIs make of a model that fails, and what we make of that.</summary>
[Trait("Category", "Serverless")]
public sealed class RealAgentFaultTests
{
    private static readonly string[] Tools = ["Read", "Edit", "Write"];

    [Theory]
    [InlineData("claude")]
    [InlineData("codex")]
    [InlineData("opencode", Traits = ["Category", "Long"])]
    public async Task A_limit_parks_the_step_until_the_provider_lets_it_go_on(string agent)
    {
        await using var launch = await RealLaunch.StartAsync(agent, AgentScripts.Failing(429, retryAfter: 1800));

        var finished = await launch.RunAsync("implementer", Tools);

        (finished.Outcome, finished.ErrorCode).Should().Be((StepOutcome.Parked, ErrorCodes.ProviderLimit), finished.ErrorMessage);
        (finished.RetryAt - finished.FinishedAt).Should().BeCloseTo(TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(2));
        finished.Usage.CostMicroUsd.Should().Be(0);
    }

    [Theory]
    [InlineData("claude")]
    [InlineData("codex")]
    [InlineData("opencode", Traits = ["Category", "Long"])]
    public async Task A_refused_key_fails_the_step_for_good(string agent)
    {
        await using var launch = await RealLaunch.StartAsync(agent, AgentScripts.Failing(401));

        var finished = await launch.RunAsync("implementer", Tools);

        (finished.Outcome, finished.ErrorCode).Should().Be((StepOutcome.FailedForGood, ErrorCodes.AgentAuth), finished.ErrorMessage);
        launch.Model.Seen.Count(request => request.Status == 401).Should().BeLessThanOrEqualTo(3, "our saga retries, not the CLI");
    }

    [Theory]
    [InlineData("claude")]
    [InlineData("codex")]
    [InlineData("opencode", Traits = ["Category", "Long"])]
    public async Task An_overloaded_model_parks_the_step(string agent)
    {
        await using var launch = await RealLaunch.StartAsync(agent, AgentScripts.Failing(529));

        var finished = await launch.RunAsync("implementer", Tools);

        (finished.Outcome, finished.ErrorCode).Should().Be((StepOutcome.Parked, ErrorCodes.ProviderLimit), finished.ErrorMessage);
    }

    [Theory]
    [InlineData("claude")]
    [InlineData("codex")]
    public async Task A_provider_that_is_out_of_order_parks_the_step(string agent)
    {
        await using var launch = await RealLaunch.StartAsync(agent, AgentScripts.Failing(500));

        var finished = await launch.RunAsync("implementer", Tools);

        (finished.Outcome, finished.ErrorCode).Should().Be((StepOutcome.Parked, ErrorCodes.ProviderError), finished.ErrorMessage);
        finished.Usage.CostMicroUsd.Should().Be(0);
    }

    [Theory]
    [InlineData("claude")]
    [InlineData("codex")]
    public async Task One_that_fails_after_it_has_answered_costs_an_attempt(string agent)
    {
        await using var launch = await RealLaunch.StartAsync(agent, AgentScripts.FailingLater(agent, 500));

        var finished = await launch.RunAsync("implementer", Tools);

        (finished.Outcome, finished.ErrorCode).Should().Be((StepOutcome.Failed, ErrorCodes.ProviderError), finished.ErrorMessage);
    }

    [Theory]
    [InlineData("claude")]
    [InlineData("codex", Traits = ["Category", "Long"])]
    [InlineData("opencode", Traits = ["Category", "Long"])]
    public async Task A_model_that_never_answers_costs_the_steps_time_and_leaves_no_process(string agent)
    {
        await using var launch = await RealLaunch.StartAsync(agent, new ModelScript { End = new ModelTurn { Fault = ModelFault.Hang } });

        var finished = await launch.RunAsync("implementer", Tools, timeoutSec: agent == "opencode" ? 60 : 15);

        (finished.Outcome, finished.ErrorCode).Should().Be((StepOutcome.TimedOut, ErrorCodes.Timeout), finished.ErrorMessage);
        launch.Model.Seen.Should().NotBeEmpty("it did ask");
        launch.Processes().Should().BeEmpty();
    }

    // Codex has no limit of its turns, and none can be held from outside: it does not count them.
    [Theory]
    [InlineData("claude")]
    [InlineData("opencode", Traits = ["Category", "Long"])]
    public async Task A_model_that_goes_on_and_on_is_ended_at_the_turn_limit(string agent)
    {
        await using var launch = await RealLaunch.StartAsync(agent, AgentScripts.Work(agent, 500) with { Failures = [] }, maxTurns: 2);

        var finished = await launch.RunAsync("implementer", Tools);

        (finished.Outcome, finished.ErrorCode).Should().Be((StepOutcome.Failed, ErrorCodes.TurnLimit), finished.ErrorMessage);
        launch.Model.Turns.Should().BeLessThanOrEqualTo(3);
        finished.Usage.CostMicroUsd.Should().BePositive("what was used is paid for");
        launch.Processes().Should().BeEmpty();
    }

    [Theory]
    [InlineData("claude")]
    [InlineData("codex")]
    [InlineData("opencode", Traits = ["Category", "Long"])]
    public async Task A_program_that_is_killed_by_what_it_runs_has_crashed(string agent)
    {
        await using var launch = await RealLaunch.StartAsync(agent, AgentScripts.Shell(agent, "kill -9 $PPID"));

        var finished = await launch.RunAsync("implementer", ["Read", "Edit", "Write", "Bash"]);

        (finished.Outcome, finished.ErrorCode).Should().Be((StepOutcome.Failed, ErrorCodes.AgentCrashed), $"{finished.ErrorMessage}\n{await launch.ReadAsync(finished, "logs.txt")}");
        launch.Processes().Should().BeEmpty();
    }

    [Theory]
    [InlineData("claude")]
    [InlineData("codex")]
    [InlineData("opencode", Traits = ["Category", "Long"])]
    public async Task An_answer_without_a_word_is_no_result(string agent)
    {
        await using var launch = await RealLaunch.StartAsync(agent, new ModelScript { End = new ModelTurn { Text = "" } });

        var finished = await launch.RunAsync("implementer", Tools);

        (finished.Outcome, finished.ErrorCode).Should().Be((StepOutcome.Failed, ErrorCodes.NoResult), $"{finished.ErrorMessage}\n{await launch.ReadAsync(finished, "logs.txt")}");
    }

    [Theory]
    [InlineData("claude")]
    [InlineData("codex")]
    [InlineData("opencode", Traits = ["Category", "Long"])]
    public async Task A_provider_that_answers_nothing_at_all_is_the_providers_failure(string agent)
    {
        await using var launch = await RealLaunch.StartAsync(agent, new ModelScript { End = new ModelTurn { Fault = ModelFault.Empty } });

        var finished = await launch.RunAsync("implementer", Tools);

        (finished.Outcome, finished.ErrorCode).Should().Be((StepOutcome.Failed, ErrorCodes.ProviderError), finished.ErrorMessage);
    }
}
