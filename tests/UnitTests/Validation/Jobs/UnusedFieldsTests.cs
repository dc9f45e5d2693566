using AwesomeAssertions;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Projects;

namespace Orchestrator.UnitTests.Validation.Jobs;

/// <summary>What is written in a job or a project and not acted on is said, with the field's name.</summary>
public sealed class UnusedFieldsTests
{
    private static readonly ProjectDocument Plain = new() { Id = "shop", RepoUrl = "/srv/shop" };

    [Theory]
    [InlineData("patch_first", true)]
    [InlineData("workspace_first", true)]
    [InlineData("manual", false)]
    public async Task Inputs_that_the_handoff_does_not_read_are_told(string handoff, bool told)
    {
        var steps = $"[{Acceptance.Step("a")}, {Acceptance.Step("b", "\"input_artifacts\": [\"steps/a/report.md\"]")}]";

        var accepted = await new Acceptance().AcceptAsync($$"""{"goal": "x", "artifact_handoff": "{{handoff}}", "steps": {{steps}}}""");

        accepted.Notices.Any(notice => notice.StartsWith("steps: input_artifacts", StringComparison.Ordinal)).Should().Be(told);
    }

    [Fact]
    public async Task The_default_pipeline_is_nobodys_wish_and_told_to_nobody()
    {
        (await new Acceptance().AcceptAsync("""{"goal": "x", "artifact_handoff": "patch_first"}""")).Notices.Should().BeEmpty();
    }

    [Fact]
    public async Task Fields_of_a_project_that_nothing_acts_on_are_told_one_by_one()
    {
        var full = Plain with { Setup = ["npm", "ci"], Toolchain = "node", Delivery = new Dictionary<string, string> { ["kind"] = "branch" } };

        var some = await new Acceptance().With(full).AcceptAsync("""{"goal": "x", "project_id": "shop"}""");
        var none = await new Acceptance().With(Plain).AcceptAsync("""{"goal": "x", "project_id": "shop"}""");

        some.Notices.Select(notice => notice.Split(':')[0]).Should().BeEquivalentTo("project.setup", "project.toolchain", "project.delivery");
        none.Notices.Should().BeEmpty();
    }

    [Theory]
    [InlineData(true, NetworkPolicy.Deny)]
    [InlineData(false, NetworkPolicy.Allow)]
    public async Task A_project_that_lists_hosts_keeps_the_box_closed_because_it_cannot_tell_them_apart(bool lists, NetworkPolicy expected)
    {
        var door = new Acceptance().With(Plain with { AllowedHosts = lists ? ["registry.npmjs.org"] : null });
        door.Policy.AllowedNetworks = ["deny", "allow"];

        var accepted = await door.AcceptAsync("""{"goal": "x", "project_id": "shop", "policy": {"network": "allow"}}""");

        accepted.Job.Policy.Network.Should().Be(expected);
        accepted.Notices.Any(notice => notice.Contains("allowed_hosts", StringComparison.Ordinal)).Should().Be(lists);
    }

    [Fact]
    public async Task The_state_of_a_job_is_no_input_and_its_context_is()
    {
        var refused = await new Acceptance().RefuseOnceAsync(Acceptance.Job(Acceptance.Step("a", "\"input_artifacts\": [\"job.json\", \"context.json\", \"state.json\"]")));

        refused.Path.Should().Be("$.steps[0].input_artifacts[2]");
        refused.Hint.Should().Contain("result.json");
    }
}
