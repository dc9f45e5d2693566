using System.Text.Json;
using AwesomeAssertions;
using CsCheck;
using Orchestrator.Contracts.Steps;
using Orchestrator.Validation.Jobs;

namespace Orchestrator.UnitTests.Validation.Jobs;

public sealed class GraphRulesTests
{
    [Fact]
    public async Task Two_steps_of_one_id_are_refused() =>
        (await new Acceptance().RefuseOnceAsync(Acceptance.Job(Acceptance.Step("a"), Acceptance.Step("b"), Acceptance.Step("a"))))
            .Should().BeEquivalentTo(new { Path = "$.steps[2].step_id", Code = ProblemCodes.DuplicateStepId });

    [Theory]
    [InlineData("\"depends_on\": [\"a\", \"zz\"]", "$.steps[1].depends_on[1]")]
    [InlineData("\"depends_on\": [\"A\"]", "$.steps[1].depends_on[0]")]
    [InlineData("\"on_failure\": \"goto:aa\"", "$.steps[1].on_failure")]
    [InlineData("\"input_artifacts\": [\"steps/a/report.md\", \"steps/aa/report.md\"]", "$.steps[1].input_artifacts[1]")]
    [InlineData("\"apply_patches_from\": [\"steps/A/patch.diff\"]", "$.steps[1].apply_patches_from[0]")]
    public async Task A_step_that_is_not_in_the_job_is_refused_with_its_path_and_ids_are_compared_exactly(string reference, string path) =>
        (await new Acceptance().RefuseOnceAsync(Acceptance.Job(Acceptance.Step("a"), Acceptance.Step("b", reference))))
            .Should().BeEquivalentTo(new { Path = path, Code = ProblemCodes.UnknownStep });

    [Fact]
    public async Task A_cycle_is_refused_and_named()
    {
        var problem = await new Acceptance().RefuseOnceAsync(Acceptance.Job(
            Acceptance.Step("start"), Acceptance.Step("a", "\"depends_on\": [\"start\", \"c\"]"), Acceptance.Step("b", "\"depends_on\": [\"a\"]"), Acceptance.Step("c", "\"depends_on\": [\"b\"]"),
            Acceptance.Step("behind", "\"depends_on\": [\"c\"]")));

        problem.Should().BeEquivalentTo(new { Path = "$.steps[1].depends_on[1]", Code = ProblemCodes.Cycle });
        problem.Message.Should().Contain("a waits for c waits for b waits for a");
    }

    [Fact]
    public async Task A_step_cannot_wait_for_itself() =>
        (await new Acceptance().RefuseOnceAsync(Acceptance.Job(Acceptance.Step("a", "\"depends_on\": [\"a\"]"))))
            .Should().BeEquivalentTo(new { Path = "$.steps[0].depends_on[0]", Code = ProblemCodes.Cycle });

    [Fact]
    public async Task A_jump_back_is_no_cycle() =>
        (await new Acceptance().AcceptAsync(Acceptance.Job(Acceptance.Step("a"), Acceptance.Step("b", "\"on_failure\": \"goto:a\"")))).Job.Steps[1].OnFailure.Should().Be("goto:a");

    [Theory]
    [InlineData("plan", true)]
    [InlineData("build", true)]
    [InlineData("ship", true)]
    [InlineData("lint", false)]
    public async Task A_jump_goes_back_or_ahead_and_not_to_a_step_that_is_neither(string target, bool accepted)
    {
        var result = await new Acceptance().SubmitAsync(Acceptance.Job(
            Acceptance.Step("plan", "\"depends_on\": []"), Acceptance.Step("lint", "\"depends_on\": [\"plan\"]"),
            Acceptance.Step("build", $"\"depends_on\": [\"plan\"], \"on_failure\": \"goto:{target}\""), Acceptance.Step("ship", "\"depends_on\": [\"lint\", \"build\"]")));

        result.Problems.Select(problem => (problem.Path, problem.Code)).Should().Equal(accepted ? [] : [("$.steps[2].on_failure", ProblemCodes.Contradiction)]);
    }

    [Theory]
    [InlineData("input_artifacts")]
    [InlineData("apply_patches_from")]
    public async Task A_file_of_a_step_that_cannot_have_run_before_is_refused_with_its_path(string field)
    {
        var later = await new Acceptance().RefuseOnceAsync(Acceptance.Job(Acceptance.Step("a", $"\"{field}\": [\"steps/b/patch.diff\"]"), Acceptance.Step("b")));
        var beside = await new Acceptance().RefuseOnceAsync(Acceptance.Job(
            Acceptance.Step("a", "\"depends_on\": []"), Acceptance.Step("b", "\"depends_on\": [\"a\"]"),
            Acceptance.Step("c", $"\"depends_on\": [\"a\"], \"{field}\": [\"steps/a/patch.diff\", \"steps/b/patch.diff\"]")));

        later.Should().BeEquivalentTo(new { Path = $"$.steps[0].{field}[0]", Code = ProblemCodes.Contradiction, Hint = "Put b before a, or name a step that stands before it." });
        beside.Should().BeEquivalentTo(new { Path = $"$.steps[2].{field}[1]", Code = ProblemCodes.Contradiction, Hint = "Add b to depends_on of c, or name a step that it comes after." });
    }

    [Theory]
    [InlineData("c", "c:a", true)]
    [InlineData("c", "d:b", true)]
    [InlineData("d", "c:b d:c", true)]
    [InlineData("c", "b:b", false)]
    [InlineData("c", "c:c", false)]
    [InlineData("d", "c:b", false)]
    public async Task The_second_step_may_name_a_file_of_a_later_one_when_jumps_back_can_bring_it_after_that(string later, string jumps, bool accepted)
    {
        var targets = jumps.Split(' ').ToDictionary(jump => $"{jump[0]}", jump => $"{jump[2]}");

        var result = await new Acceptance().SubmitAsync(Acceptance.Job([.. ((string[])["a", "b", "c", "d"]).Select(id => Acceptance.Step(id, string.Join(", ", Fields(id))))]));

        result.Problems.Select(problem => problem.Path).Should().Equal(accepted ? [] : ["$.steps[1].apply_patches_from[0]"]);

        IEnumerable<string> Fields(string id)
        {
            if (id == "b")
                yield return $"\"apply_patches_from\": [\"steps/{later}/patch.diff\"]";
            if (targets.TryGetValue(id, out var target))
                yield return $"\"on_failure\": \"goto:{target}\"";
        }
    }

    [Fact]
    public async Task A_dependency_that_is_named_twice_counts_once() =>
        (await new Acceptance().AcceptAsync(Acceptance.Job(Acceptance.Step("a"), Acceptance.Step("b", "\"depends_on\": [\"a\", \"a\"]")))).Job.Steps[1].DependsOn.Should().Equal("a");

    [Theory]
    [InlineData("steps/a/report.md", null)]
    [InlineData("steps/a/raw/stdout.txt", null)]
    [InlineData("job.json", null)]
    [InlineData("/etc/passwd", "invalid_path")]
    [InlineData("steps/a/../../x", "invalid_path")]
    [InlineData("../job-0002/steps/a/report.md", "invalid_path")]
    [InlineData("./steps/a/report.md", "invalid_path")]
    [InlineData("steps//report.md", "invalid_path")]
    [InlineData("steps/a/", "invalid_path")]
    [InlineData("steps/a", "invalid_path")]
    [InlineData("steps\\\\a\\\\report.md", "invalid_path")]
    [InlineData("steps/a/..\\\\..\\\\x", "invalid_path")]
    [InlineData(".accepted.json", "invalid_path")]
    [InlineData(".attempts/1/a/1.1.1/report.md", "invalid_path")]
    [InlineData("steps/a/.secret", "invalid_path")]
    [InlineData("C:/x", "invalid_path")]
    [InlineData("file:///etc/passwd", "invalid_path")]
    [InlineData("steps/a/re\\tport.md", "invalid_path")]
    [InlineData("report.md", "invalid_path")]
    [InlineData("Steps/a/report.md", "invalid_path")]
    [InlineData("steps/b/report.md", "invalid_path")]
    public async Task An_input_stays_inside_the_jobs_artifacts(string input, string? code)
    {
        var result = await new Acceptance().SubmitAsync(Acceptance.Job(Acceptance.Step("a"), Acceptance.Step("b", $"\"input_artifacts\": [\"{input}\"]")));

        result.Problems.Select(problem => (problem.Path, problem.Code)).Should().Equal(code is null ? [] : [("$.steps[1].input_artifacts[0]", code)]);
    }

    [Theory]
    [InlineData("steps/a/patch.diff", true)]
    [InlineData("steps/a/report.md", false)]
    [InlineData("steps/a/x/patch.diff", false)]
    [InlineData("patch.diff", false)]
    [InlineData("a", false)]
    public async Task A_patch_is_the_patch_of_a_step(string patch, bool accepted) =>
        (await new Acceptance().SubmitAsync(Acceptance.Job(Acceptance.Step("a"), Acceptance.Step("b", $"\"apply_patches_from\": [\"{patch}\"]")))).IsAccepted.Should().Be(accepted);

    [Fact]
    public void Graphs_are_accepted_exactly_when_every_reference_is_known_no_step_reaches_itself_and_every_jump_goes_back_or_ahead()
    {
        // Ids that differ in case or are each other's prefix, so that a sloppy comparison shows.
        string[] names = ["job-1", "job-12", "Job-1", "a", "A", "aa", "b", "0"];
        string[] rules = ["stop", "goto:a", "goto:aa", "goto:job-1"];
        var name = Gen.Int[0, names.Length - 1].Select(index => names[index]);
        var step = Gen.Select(name, name.List[0, 3], Gen.Int[0, rules.Length - 1].Select(index => rules[index]));

        Gen.OneOf(step.List[1, 4], step.List[5, 8]).Sample(
            drawn =>
            {
                var steps = drawn.Select(item => new StepDocument { StepId = item.Item1, Agent = "claude", Role = "planner", Prompt = "x", DependsOn = item.Item2, OnFailure = item.Item3 }).ToArray();
                var problems = new ProblemList();

                GraphRules.Check(steps, "$.steps", problems);

                return problems.IsEmpty == IsGood(steps) && problems.Problems.All(problem => PointsIntoTheDocument(problem, steps));
            },
            iter: 20_000);
    }

    [Fact]
    public void Most_graphs_drawn_from_distinct_ids_without_back_edges_are_accepted_in_any_order()
    {
        var edges = Gen.Int[0, 7].Array[2].List[0, 12];

        Gen.Select(edges, Gen.Shuffle(Enumerable.Range(0, 8).ToArray())).Sample(
            (pairs, order) =>
            {
                // An edge always points to the smaller number: acyclic by construction, whatever the order in the document.
                var steps = order.Select(i => new StepDocument { StepId = $"s{i}", DependsOn = [.. pairs.Where(pair => pair.Max() == i && pair.Min() < i).Select(pair => $"s{pair.Min()}")] }).ToArray();
                var problems = new ProblemList();

                GraphRules.Check(steps, "$.steps", problems);

                return problems.IsEmpty;
            },
            iter: 5_000);
    }

    // The oracle: every id once, every reference equal to an id, the transitive closure without a step that reaches itself, and each jump along it.
    private static bool IsGood(StepDocument[] steps)
    {
        for (var i = 0; i < steps.Length; i++)
        {
            if (steps.Where((_, j) => j != i).Any(other => other.StepId == steps[i].StepId))
                return false;
            if (steps[i].DependsOn!.Append(steps[i].OnFailure.StartsWith("goto:", StringComparison.Ordinal) ? steps[i].OnFailure["goto:".Length..] : steps[i].StepId)
                .Any(id => steps.All(other => other.StepId != id)))
                return false;
        }

        var reaches = new bool[steps.Length, steps.Length];
        for (var i = 0; i < steps.Length; i++)
        {
            for (var j = 0; j < steps.Length; j++)
                reaches[i, j] = steps[i].DependsOn!.Contains(steps[j].StepId);
        }

        for (var k = 0; k < steps.Length; k++)
        {
            for (var i = 0; i < steps.Length; i++)
            {
                for (var j = 0; j < steps.Length; j++)
                    reaches[i, j] |= reaches[i, k] && reaches[k, j];
            }
        }

        return Enumerable.Range(0, steps.Length).All(i => !reaches[i, i] && Target(i) is var target && (target == i || reaches[i, target] || reaches[target, i]));

        int Target(int i) => steps[i].OnFailure.StartsWith("goto:", StringComparison.Ordinal) ? Array.FindIndex(steps, step => $"goto:{step.StepId}" == steps[i].OnFailure) : i;
    }

    private static bool PointsIntoTheDocument(JobProblem problem, StepDocument[] steps)
    {
        using var document = JsonDocument.Parse(JsonSerializer.Serialize(new { steps = steps.Select(step => new { step_id = step.StepId, depends_on = step.DependsOn, on_failure = step.OnFailure }) }));
        var at = document.RootElement;
        foreach (var part in problem.Path[2..].Replace("]", "", StringComparison.Ordinal).Split('.', '['))
        {
            if (int.TryParse(part, out var index) && at.ValueKind == JsonValueKind.Array && index < at.GetArrayLength())
                at = at[index];
            else if (at.ValueKind == JsonValueKind.Object && at.TryGetProperty(part, out var inner))
                at = inner;
            else
                return false;
        }

        return true;
    }
}
