using AwesomeAssertions;
using Orchestrator.Contracts.Steps;
using Orchestrator.FakeModel.Script;

namespace Orchestrator.IntegrationTests.RealAgents;

/// <summary>What the real CLIs make of a model that fails, and what we make of that.</summary>
public sealed class RealAgentFaultTests
{
    private static readonly string[] Tools = ["Read", "Edit", "Write"];

    [Theory]
    [InlineData("claude")]
    [InlineData("codex")]
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
    [InlineData("opencode")]
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
    public async Task An_overloaded_model_parks_the_step(string agent)
    {
        await using var launch = await RealLaunch.StartAsync(agent, AgentScripts.Failing(529));

        var finished = await launch.RunAsync("implementer", Tools);

        (finished.Outcome, finished.ErrorCode).Should().Be((StepOutcome.Parked, ErrorCodes.ProviderLimit), finished.ErrorMessage);
    }

    [Theory]
    [InlineData("claude")]
    [InlineData("codex")]
    public async Task A_model_that_never_answers_costs_the_steps_time_and_leaves_no_process(string agent)
    {
        await using var launch = await RealLaunch.StartAsync(agent, new ModelScript { End = new ModelTurn { Fault = ModelFault.Hang } });

        var finished = await launch.RunAsync("implementer", Tools, timeoutSec: 25);

        (finished.Outcome, finished.ErrorCode).Should().Be((StepOutcome.TimedOut, ErrorCodes.Timeout), finished.ErrorMessage);
        launch.Model.Seen.Should().NotBeEmpty("it did ask");
        launch.Processes().Should().BeEmpty();
    }
}
