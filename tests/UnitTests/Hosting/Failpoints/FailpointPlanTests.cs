using AwesomeAssertions;
using Orchestrator.Hosting.Failpoints;

namespace Orchestrator.UnitTests.Hosting.Failpoints;

public sealed class FailpointPlanTests
{
    [Fact]
    public void An_order_for_one_hit_leaves_the_others_alone()
    {
        var plan = new FailpointPlan("a.before=throw@2", null);

        plan.Hit("a.before").Should().Be(TimeSpan.Zero);
        plan.Invoking(plan => plan.Hit("a.before")).Should().Throw<FailpointException>().WithMessage("*a.before*");
        plan.Hit("a.before").Should().Be(TimeSpan.Zero);
        plan.Hit("a.after").Should().Be(TimeSpan.Zero);
    }

    [Fact]
    public void A_delay_stays_in_its_limits_and_follows_from_the_seed()
    {
        var delays = Delays("a.*=delay:10-500:7");

        delays.Should().OnlyContain(delay => delay.TotalMilliseconds >= 10 && delay.TotalMilliseconds <= 500);
        delays.Distinct().Should().HaveCountGreaterThan(10);
        Delays("a.*=delay:10-500:7").Should().Equal(delays);
        Delays("a.*=delay:10-500:8").Should().NotEqual(delays);

        static List<TimeSpan> Delays(string orders)
        {
            var plan = new FailpointPlan(orders, null);
            return [.. Enumerable.Range(0, 20).Select(_ => plan.Hit("a.before"))];
        }
    }

    [Fact]
    public void Every_hit_is_recorded()
    {
        using var folder = new TempFolder();
        var record = Path.Combine(folder.Path, "hits");
        var plan = new FailpointPlan("b.after=delay:1", record);

        plan.Hit("b.before");
        plan.Hit("b.after");

        File.ReadAllLines(record).Should().Equal($"{Environment.ProcessId} b.before 1 -", $"{Environment.ProcessId} b.after 1 delay");
    }

    [Fact]
    public void Orders_in_a_file_are_read_again_when_it_changes_and_count_from_then()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "orders");
        var plan = new FailpointPlan($"@{file}", null);
        plan.Hit("a.before").Should().Be(TimeSpan.Zero, "there is no file yet");

        File.WriteAllText(file, "a.before=throw@2");

        plan.Hit("a.before").Should().Be(TimeSpan.Zero);
        plan.Invoking(plan => plan.Hit("a.before")).Should().Throw<FailpointException>();
    }

    [Theory]
    [InlineData("a.before")]
    [InlineData("a.before=explode")]
    [InlineData("a.before=0")]
    [InlineData("a.before=crash@soon")]
    [InlineData("a.before=delay")]
    public void An_order_that_cannot_be_read_is_refused_and_quoted(string order) =>
        FluentActions.Invoking(() => FailpointOrder.ParseAll(order)).Should().Throw<FormatException>().WithMessage($"*'{order}'*");
}
