using AwesomeAssertions;
using CsCheck;
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
    public void Every_random_run_ends_and_starts_no_step_before_its_parents_are_over() =>
        Gen.Select(RandomGraphs, Gen.Int[0, int.MaxValue]).Sample((nodes, seed) =>
        {
            var luck = new Random(seed);
            var run = new GraphRun(nodes);
            var started = 0;

            while (true)
            {
                var ready = run.Start();
                foreach (var step in ready)
                {
                    started++;
                    run.Graph.Parents(step).Should().OnlyContain(
                        parent => run.Phases[parent] == StepPhase.Succeeded || run.Phases[parent] == StepPhase.Tolerated || run.Phases[parent] == StepPhase.Skipped);
                    run.Visits[step].Should().BeLessThanOrEqualTo(RetryPlan.VisitLimit);
                }

                if (run.Over)
                    break;
                run.Active.Should().NotBeEmpty("a run that is not over has something on its way");
                run.Report(run.Active[luck.Next(run.Active.Count)], luck.Next(3) > 0);
            }

            started.Should().BeLessThanOrEqualTo(nodes.Count * RetryPlan.VisitLimit);
            run.Active.Should().BeEmpty();
            (run.FailedStep is null).Should().Be(run.Phases.Values.All(phase => phase is StepPhase.Succeeded or StepPhase.Tolerated or StepPhase.Skipped));
        });

    [Fact]
    public void The_order_of_reports_does_not_change_what_has_run_when_all_succeed() =>
        Gen.Select(RandomGraphs, Gen.Int[0, int.MaxValue], Gen.Int[0, int.MaxValue]).Sample((nodes, one, two) =>
        {
            static HashSet<string> Play(IReadOnlyList<StepNode> nodes, int seed)
            {
                var luck = new Random(seed);
                var run = new GraphRun(nodes);
                for (run.Start(); !run.Over; run.Start())
                    run.Report(run.Active[luck.Next(run.Active.Count)], good: true);
                return [.. run.Phases.Where(phase => phase.Value == StepPhase.Succeeded).Select(phase => phase.Key)];
            }

            Play(nodes, one).Should().BeEquivalentTo(Play(nodes, two)).And.HaveCount(nodes.Count);
        });

    private static Gen<IReadOnlyList<StepNode>> RandomGraphs { get; } =
        Gen.Select(Gen.Int[1, 9], Gen.Bool, Gen.Int[0, int.MaxValue]).Select(IReadOnlyList<StepNode> (count, isExplicit, seed) =>
        {
            var luck = new Random(seed);
            string[] rules = ["stop", "continue", "goto:"];
            return [.. Enumerable.Range(0, count).Select(i =>
            {
                var rule = rules[luck.Next(rules.Length)];
                return Node(
                    $"s{i}",
                    isExplicit ? [.. Enumerable.Range(0, i).Where(_ => luck.Next(3) == 0).Select(parent => $"s{parent}")] : null,
                    rule == "goto:" ? $"goto:s{luck.Next(count)}" : rule);
            })];
        });

    private static StepNode Node(string id, string[]? dependsOn = null, string rule = "stop") => new(id, dependsOn, FailureRule.Parse(rule));

    /// <summary>Plays the part of the saga: keeps the phases, makes the jumps, counts the visits.</summary>
    private sealed class GraphRun
    {
        public GraphRun(IReadOnlyList<StepNode> nodes)
        {
            Graph = new StepGraph(nodes);
            Phases = nodes.ToDictionary(node => node.Id, _ => StepPhase.Waiting);
            Visits = nodes.ToDictionary(node => node.Id, _ => 0);
        }

        public StepGraph Graph { get; }

        public Dictionary<string, StepPhase> Phases { get; }

        public Dictionary<string, int> Visits { get; }

        public bool Over { get; private set; }

        public string? FailedStep { get; private set; }

        public List<string> Active => [.. Phases.Where(phase => phase.Value == StepPhase.Active).Select(phase => phase.Key)];

        public Decision Decide() => NextSteps.Decide(Graph, Phases);

        public IReadOnlyList<string> Start()
        {
            while (true)
            {
                var decision = Decide();
                if (decision.Jump is not { } jump)
                {
                    foreach (var id in decision.Ready)
                    {
                        Phases[id] = StepPhase.Active;
                        Visits[id]++;
                    }

                    (Over, FailedStep) = (decision.Over, decision.FailedStep);
                    return decision.Ready;
                }

                if (jump.Again.Any(id => Visits[id] >= RetryPlan.VisitLimit))
                    Phases[jump.From] = StepPhase.Failed;
                else if (jump.Again.Count == 0)
                    Phases[jump.From] = StepPhase.Tolerated;
                else
                    jump.Again.ToList().ForEach(id => Phases[id] = StepPhase.Waiting);
                jump.Skip.ToList().ForEach(id => Phases[id] = StepPhase.Skipped);
            }
        }

        public void Report(string id, bool good) => Phases[id] = good
            ? StepPhase.Succeeded
            : Graph[id].OnFailure.Kind switch
            {
                FailureRuleKind.Continue => StepPhase.Tolerated,
                FailureRuleKind.Goto => StepPhase.Jumping,
                _ => StepPhase.Failed,
            };

        public List<string> ToEnd(Func<string, bool> good)
        {
            var order = new List<string>();
            while (true)
            {
                order.AddRange(Start());
                if (Over)
                    return order;
                Report(Active[0], good(Active[0]));
            }
        }
    }
}
