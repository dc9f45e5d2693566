using AwesomeAssertions;
using CsCheck;
using Orchestrator.Pipeline.Graph;

namespace Orchestrator.UnitTests.Pipeline.Graph;

/// <summary>What holds for every graph, whoever fails, in whatever order the reports come.</summary>
public sealed class GraphPropertyTests
{
    private static readonly Gen<int> Seeds = Gen.Int[0, int.MaxValue];

    [Fact]
    public void Steps_in_listed_order_run_as_a_simple_interpreter_of_the_rules_runs_them() =>
        Gen.Select(Graphs(explicitly: false), Seeds).Sample((nodes, seed) =>
        {
            var fate = new Fate(seed);
            var run = new GraphRun(nodes);

            var order = Play(run, fate, new Random(seed));

            var (expected, failed) = Interpret(nodes, fate);
            order.Should().Equal(expected);
            run.FailedStep.Should().Be(failed);
        });

    [Fact]
    public void Without_jumps_and_stops_every_step_runs_once_and_ends_as_it_was_fated() =>
        Gen.Select(Graphs(explicitly: true, "continue"), Seeds, Seeds).Sample((nodes, seed, luck) =>
        {
            var fate = new Fate(seed);
            var run = new GraphRun(nodes);

            var order = Play(run, fate, new Random(luck));

            order.Should().BeEquivalentTo(nodes.Select(node => node.Id)).And.OnlyHaveUniqueItems();
            run.FailedStep.Should().BeNull();
            run.Phases.Should().OnlyContain(phase => phase.Value == (fate.Good(phase.Key, 1) ? StepPhase.Succeeded : StepPhase.Tolerated));
        });

    [Fact]
    public void Every_run_of_any_graph_ends_with_each_step_in_one_final_phase() =>
        Gen.Select(Graphs(explicitly: null), Seeds, Seeds).Sample((nodes, seed, luck) =>
        {
            var run = new GraphRun(nodes);

            var order = Play(run, new Fate(seed), new Random(luck));

            order.Count.Should().BeLessThanOrEqualTo(nodes.Count * RetryPlan.VisitLimit);
            run.Visits.Values.Should().OnlyContain(visits => visits <= RetryPlan.VisitLimit);
            run.Phases.Values.Should().NotContain(StepPhase.Active);
            if (run.FailedStep is { } failed)
                run.Phases[failed].Should().Be(StepPhase.Failed);
            else
                run.Phases.Values.Should().OnlyContain(phase => phase == StepPhase.Succeeded || phase == StepPhase.Tolerated || phase == StepPhase.Skipped);
            run.Phases.Where(phase => phase.Value == StepPhase.Skipped).Should().OnlyContain(phase => run.Jumps.Exists(jump => jump.Skip.Contains(phase.Key)));
        });

    [Fact]
    public void No_step_keeps_what_it_made_of_a_parent_that_ran_again_later() =>
        Gen.Select(Graphs(explicitly: null), Seeds, Seeds).Sample((nodes, seed, luck) =>
        {
            var run = new GraphRun(nodes);
            var (clock, started, ended) = (0, new Dictionary<string, int>(), new Dictionary<string, int>());

            Play(run, new Fate(seed), new Random(luck), step => started[step] = ++clock, step => ended[step] = ++clock);

            foreach (var step in nodes.Select(node => node.Id).Where(step => run.Phases[step] is StepPhase.Succeeded or StepPhase.Tolerated))
            {
                foreach (var parent in Parents(nodes, step).Where(parent => run.Phases[parent] is not StepPhase.Skipped))
                    started[step].Should().BeGreaterThan(ended[parent], "{0} was built on {1}", step, parent);
            }
        });

    [Fact]
    public void Whatever_may_start_is_started_and_nothing_once_a_step_has_failed() =>
        Gen.Select(Graphs(explicitly: null), Seeds, Seeds).Sample((nodes, seed, luck) =>
        {
            var run = new GraphRun(nodes);

            Play(run, new Fate(seed), new Random(luck), afterStart: ready =>
            {
                var (failed, jumping) = (run.Phases.ContainsValue(StepPhase.Failed), run.Phases.ContainsValue(StepPhase.Jumping));
                if (failed || jumping)
                    ready.Should().BeEmpty();
                else
                    run.Phases.Where(phase => phase.Value == StepPhase.Waiting && Parents(nodes, phase.Key).All(IsBehind)).Should().BeEmpty();
                ready.SelectMany(step => Parents(nodes, step)).Where(parent => !IsBehind(parent)).Should().BeEmpty();
                run.Over.Should().Be(run.Active.Count == 0);
            });

            bool IsBehind(string step) => run.Phases[step] is StepPhase.Succeeded or StepPhase.Tolerated
                || (run.Phases[step] is StepPhase.Skipped && Parents(nodes, step).All(IsBehind));
        });

    [Fact]
    public void A_jump_back_takes_along_exactly_what_came_of_its_target_and_a_jump_ahead_leaves_out_exactly_what_lies_between() =>
        Gen.Select(Graphs(explicitly: null, "goto", "continue"), Seeds, Seeds).Sample((nodes, seed, luck) =>
        {
            var run = new GraphRun(nodes);

            Play(run, new Fate(seed, badOfTen: 6), new Random(luck));

            foreach (var jump in run.Jumps)
            {
                var reached = nodes.Select(node => node.Id).Where(step => Reaches(nodes, jump.To, step)).ToList();
                if (reached.Contains(jump.From))
                    jump.Should().BeEquivalentTo(new { Again = reached, Skip = Array.Empty<string>() });
                else
                    jump.Again.Should().BeEmpty();
                jump.Skip.Should().BeEquivalentTo(reached.Contains(jump.From) ? [] : nodes.Select(node => node.Id)
                    .Where(step => step != jump.From && step != jump.To && Reaches(nodes, jump.From, step) && Reaches(nodes, step, jump.To)));
            }
        });

    [Fact]
    public void Backoff_stays_between_four_fifths_and_the_whole_of_what_the_step_asks_and_never_shrinks() =>
        Gen.Select(Gen.Int[0, 600].Select(tenths => tenths / 10.0), Gen.Int[1, 2000], Gen.Double[0, 1]).Sample((first, failures, jitter) =>
        {
            var doublings = Math.Min(failures - 1, 60); // 60 of them take the smallest pause over the cap, and 2^1024 would be infinite
            var asked = Math.Min(60, first * Math.Pow(2, doublings));

            var pause = RetryPlan.Backoff(first, failures, jitter);

            pause.TotalSeconds.Should().BeInRange((asked * 0.8) - 0.001, asked + 0.001);
            pause.Should().BeLessThanOrEqualTo(RetryPlan.LongestBackoff);
            RetryPlan.Backoff(first, failures + 1, jitter).Should().BeGreaterThanOrEqualTo(pause);
        });

    /// <summary>Runs to the end; reports and answers come in the order of <paramref name="luck"/>. Answers the steps in the order of their starts.</summary>
    private static List<string> Play(
        GraphRun run,
        Fate fate,
        Random luck,
        Action<string>? started = null,
        Action<string>? ended = null,
        Action<IReadOnlyList<string>>? afterStart = null)
    {
        var order = new List<string>();
        var launches = run.Visits.Keys.ToDictionary(step => step, _ => 0);
        while (true)
        {
            var ready = run.Start();
            order.AddRange(ready);
            foreach (var step in ready)
            {
                launches[step]++;
                started?.Invoke(step);
            }

            afterStart?.Invoke(ready);
            if (run.Over)
                return order;
            run.Active.Should().NotBeEmpty("a run that is not over has something on its way");
            var next = run.Active[luck.Next(run.Active.Count)];
            if (run.Asking.Contains(next))
            {
                var answer = fate.Answer(next, launches[next]);
                run.Decide(next, answer);
                if (answer == Answer.Again)
                    launches[next]++;
            }
            else
            {
                run.Report(next, fate.Good(next, launches[next]));
            }

            if (run.Phases[next] != StepPhase.Active)
                ended?.Invoke(next);
        }
    }

    /// <summary>The rules as a program counter reads them: one step at a time, in listed order.</summary>
    private static (List<string> Order, string? Failed) Interpret(IReadOnlyList<StepNode> nodes, Fate fate)
    {
        var order = new List<string>();
        var (visits, launches) = (new int[nodes.Count], new int[nodes.Count]);
        for (var at = 0; at < nodes.Count;)
        {
            var (step, rule) = (nodes[at].Id, nodes[at].OnFailure);
            order.Add(step);
            visits[at]++;
            launches[at]++;
            var good = fate.Good(step, launches[at]);
            var answer = Answer.Again;
            while (!good && rule.Kind == FailureRuleKind.AskHuman && (answer = fate.Answer(step, launches[at])) == Answer.Again)
                good = fate.Good(step, ++launches[at]);

            if (good || rule.Kind == FailureRuleKind.Continue || (rule.Kind == FailureRuleKind.AskHuman && answer == Answer.Approve))
            {
                at++;
                continue;
            }

            if (rule.Kind != FailureRuleKind.Goto)
                return (order, step);
            var target = nodes.ToList().FindIndex(node => node.Id == rule.Target);
            if (target <= at && visits[target..].Max() >= 5)
                return (order, step);
            at = target;
        }

        return (order, null);
    }

    private static IEnumerable<string> Parents(IReadOnlyList<StepNode> nodes, string step)
    {
        var at = nodes.ToList().FindIndex(node => node.Id == step);
        return nodes.All(node => node.DependsOn is null) ? nodes.Take(at).Select(node => node.Id).TakeLast(1) : nodes[at].DependsOn ?? [];
    }

    private static bool Reaches(IReadOnlyList<StepNode> nodes, string from, string to) =>
        from == to || Parents(nodes, to).Any(parent => Reaches(nodes, from, parent));

    /// <summary>Linear jobs, chains, fans and everything between; null is either kind.</summary>
    private static Gen<IReadOnlyList<StepNode>> Graphs(bool? explicitly, params string[] rules) =>
        Gen.Select(Gen.Int[1, 9], Gen.Bool, Gen.Int[1, 4], Seeds).Select(IReadOnlyList<StepNode> (count, either, density, seed) =>
        {
            var luck = new Random(seed);
            string[] choices = rules.Length > 0 ? rules : ["stop", "continue", "ask_human", "goto"];
            return [.. Enumerable.Range(0, count).Select(i =>
            {
                var rule = choices[luck.Next(choices.Length)];
                return new StepNode(
                    $"s{i}",
                    explicitly ?? either ? [.. Enumerable.Range(0, i).Where(_ => luck.Next(density) == 0).Select(parent => $"s{parent}")] : null,
                    FailureRule.Parse(rule == "goto" ? $"goto:s{luck.Next(count)}" : rule));
            })];
        });
}
