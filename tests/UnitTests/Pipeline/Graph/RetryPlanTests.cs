using AwesomeAssertions;
using Orchestrator.Pipeline.Graph;

namespace Orchestrator.UnitTests.Pipeline.Graph;

public sealed class RetryPlanTests
{
    [Theory]
    [InlineData(2, 1, 2)]
    [InlineData(2, 2, 4)]
    [InlineData(2, 5, 32)]
    [InlineData(2, 6, 60)]
    [InlineData(60, 50, 60)]
    [InlineData(0, 3, 0)]
    public void Backoff_doubles_per_failure_and_is_capped_at_60_seconds(double first, int failures, double seconds) =>
        RetryPlan.Backoff(first, failures, jitter: 0).Should().Be(TimeSpan.FromSeconds(seconds));

    [Theory]
    [InlineData(1, 30)]
    [InlineData(2, 60)]
    [InlineData(7, 1920)]
    [InlineData(8, 3600)]
    [InlineData(5000, 3600)]
    public void The_pause_before_the_next_look_at_an_empty_account_doubles_and_is_capped_at_an_hour(int probes, double seconds) =>
        RetryPlan.Probe(TimeSpan.FromSeconds(30), probes).Should().Be(TimeSpan.FromSeconds(seconds));

    [Fact]
    public void Jitter_takes_off_a_fifth_at_most() =>
        RetryPlan.Backoff(10, 1, jitter: 1).Should().Be(TimeSpan.FromSeconds(8));

    [Theory]
    [InlineData("goto:01_plan", FailureRuleKind.Goto, "01_plan")]
    [InlineData("stop", FailureRuleKind.Stop, null)]
    [InlineData("ask_human", FailureRuleKind.AskHuman, null)]
    public void Failure_rules_are_read_as_written(string text, FailureRuleKind kind, string? target) =>
        FailureRule.Parse(text).Should().Be(new FailureRule(kind, target));

    [Fact]
    public void An_unknown_failure_rule_is_refused() =>
        FluentActions.Invoking(() => FailureRule.Parse("retry")).Should().Throw<FormatException>().WithMessage("*goto:<step_id>*");
}
