using AwesomeAssertions;
using Orchestrator.Pipeline.Graph;

namespace Orchestrator.UnitTests.Pipeline.Graph;

public sealed class NextStepsTests
{
    [Fact]
    public void Steps_without_depends_on_run_one_after_the_other_in_listed_order()
    {
        var run = new GraphRun([Node("a"), Node("b"), Node("c")]);

        var order = run.ToEnd(_ => true);

        order.Should().Equal("a", "b", "c");
        run.FailedStep.Should().BeNull();
    }

    [Fact]
    public void A_diamond_runs_its_middle_at_the_same_time_and_its_end_after_both()
    {
        var run = new GraphRun([Node("a", []), Node("b", ["a"]), Node("c", ["a"]), Node("d", ["b", "c"])]);

        run.Start().Should().Equal("a");
        run.Report("a", good: true);
        run.Start().Should().Equal("b", "c");
        run.Report("b", good: true);
        run.Start().Should().BeEmpty();
        run.Report("c", good: true);

        run.Start().Should().Equal("d");
    }

    [Fact]
    public void A_failed_step_with_stop_lets_its_neighbour_finish_and_starts_nothing_more()
    {
        var run = new GraphRun([Node("a", []), Node("b", []), Node("c", ["b"])]);
        run.Start().Should().Equal("a", "b");

        run.Report("a", good: false);

        run.Decide().Over.Should().BeFalse("b is still on its way");
        run.Report("b", good: true);
        run.Decide().Should().BeEquivalentTo(new { Over = true, FailedStep = "a", Ready = Array.Empty<string>() });
    }

    [Fact]
    public void A_failed_step_with_continue_does_not_fail_the_run()
    {
        var run = new GraphRun([Node("a", rule: "continue"), Node("b")]);

        var order = run.ToEnd(step => step != "a");

        order.Should().Equal("a", "b");
        run.FailedStep.Should().BeNull();
    }

    [Fact]
    public void Goto_back_visits_the_target_and_all_that_came_of_it_again()
    {
        var run = new GraphRun([Node("plan"), Node("implement"), Node("review", rule: "goto:implement")]);
        var reviews = 0;

        var order = run.ToEnd(step => step != "review" || ++reviews == 2);

        order.Should().Equal("plan", "implement", "review", "implement", "review");
        run.FailedStep.Should().BeNull();
    }

    [Fact]
    public void Goto_back_waits_for_a_neighbour_that_has_to_run_again()
    {
        var run = new GraphRun([Node("a", []), Node("b", ["a"], "goto:a"), Node("c", ["a"])]);
        run.Start();
        run.Report("a", good: true);
        run.Start().Should().Equal("b", "c");

        run.Report("b", good: false);
        run.Decide().Should().Be(Decision.Wait);
        run.Report("c", good: true);

        run.Start().Should().Equal("a");
        run.Phases["c"].Should().Be(StepPhase.Waiting);
    }

    [Fact]
    public void Goto_ahead_leaves_out_what_lies_between()
    {
        var run = new GraphRun([Node("a", rule: "goto:d"), Node("b"), Node("c"), Node("d")]);

        var order = run.ToEnd(step => step != "a");

        order.Should().Equal("a", "d");
        run.FailedStep.Should().BeNull();
    }

    [Fact]
    public void Goto_ahead_in_a_graph_leaves_out_what_lies_between_and_nothing_beside_it()
    {
        var run = new GraphRun([Node("a", [], "goto:d"), Node("b", ["a"]), Node("c", ["b"]), Node("d", ["c"]), Node("beside", ["a"])]);

        var order = run.ToEnd(step => step != "a");

        order.Should().BeEquivalentTo("a", "d", "beside");
        run.Phases.Where(phase => phase.Value == StepPhase.Skipped).Select(phase => phase.Key).Should().BeEquivalentTo("b", "c");
        run.FailedStep.Should().BeNull();
    }

    [Fact]
    public void Whoever_comes_after_a_step_that_was_left_out_waits_for_what_that_waited_for()
    {
        var run = new GraphRun([Node("slow", []), Node("a", [], "goto:d"), Node("between", ["a", "slow"]), Node("d", ["between"])]);
        run.Start().Should().Equal("slow", "a");

        run.Report("a", good: false);

        run.Start().Should().BeEmpty("slow is still on its way");
        run.Report("slow", good: true);
        run.Start().Should().Equal("d");
    }

    private static StepNode Node(string id, string[]? dependsOn = null, string rule = "stop") => new(id, dependsOn, FailureRule.Parse(rule));
}
