using AwesomeAssertions;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.UnitTests.Validation.Jobs;

public sealed class JoinStepTests
{
    private const string After = "\"depends_on\": [\"a\"]";
    private const string Both = "\"depends_on\": [\"b\", \"c\"]";

    [Fact]
    public async Task A_graph_that_ends_in_two_writing_branches_gets_a_step_that_merges_them()
    {
        var accepted = await Accept(Step("a"), Step("b", After), Step("c", After));

        var join = accepted.Job.Steps[^1];
        join.Should().BeEquivalentTo(new { StepId = "join", Agent = "merge", OnFailure = "stop", DependsOn = new[] { "b", "c" } });
        accepted.Steps[^1].Should().BeEquivalentTo(new { StepId = "join", Role = StepRole.Reviewer, CanWrite = false, ReserveMicroUsd = 0, RequireChanges = false });
    }

    [Fact]
    public async Task The_id_of_the_join_is_free()
    {
        var accepted = await Accept(Step("join"), Step("join_2"), Step("c", "\"depends_on\": []"));

        accepted.Job.Steps.Select(step => step.StepId).Should().Equal("join", "join_2", "c", "join_3");
    }

    [Fact]
    public async Task A_last_step_that_may_be_left_out_holds_no_merge()
    {
        var accepted = await Accept(Step("a"), Step("b", After), Step("c", After), Reader("d", Both + ", \"on_failure\": \"continue\""));

        accepted.Job.Steps[^1].Should().BeEquivalentTo(new { StepId = "join", DependsOn = new[] { "d" } });
    }

    [Fact]
    public async Task A_job_in_listed_order_gets_no_join() =>
        (await Accept(Step("a"), Step("b"), Step("c"))).Job.Steps.Should().HaveCount(3);

    [Fact]
    public async Task A_diamond_joins_by_itself_also_when_its_last_step_only_reads() =>
        (await Accept(Step("a"), Step("b", After), Step("c", After), Reader("d", Both))).Job.Steps.Should().HaveCount(4);

    [Fact]
    public async Task Branches_of_which_one_writes_need_no_join() =>
        (await Accept(Step("a"), Step("b", After), Reader("c", After))).Job.Steps.Should().HaveCount(3);

    [Fact]
    public async Task An_accepted_job_can_be_submitted_again_as_it_was_written_down()
    {
        var first = await Accept(Step("a"), Step("b", After), Step("c", After));

        var again = await Accept(Step("a"), Step("b", After), Step("c", After), Acceptance.Step("join", "\"allowed_tools\": [], \"depends_on\": [\"b\", \"c\"]", "merge", "reviewer"));

        again.Job.Steps.Select(step => step.StepId).Should().Equal(first.Job.Steps.Select(step => step.StepId));
    }

    private static Task<AcceptedJob> Accept(params string[] steps) => new Acceptance().AcceptAsync(Acceptance.Job(steps));

    private static string Step(string id, string more = "") => Acceptance.Step(id, more, "simulated");

    private static string Reader(string id, string more) => Acceptance.Step(id, more, "simulated", "reviewer");
}
