using System.Text;
using AwesomeAssertions;
using Orchestrator.Contracts.Steps;
using Orchestrator.Execution.Workspaces;

namespace Orchestrator.UnitTests.Execution.Workspaces;

public sealed class WorkMergeTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly SourceRepository source;
    private readonly Machine machine;
    private readonly string baseCommit;

    public WorkMergeTests()
    {
        source = new SourceRepository(folder.Join("source"));
        baseCommit = source.Commit("first", ("shared.txt", "1\n2\n3\n4\n5\n6\n7\n8\n9\n"), ("README.md", "hello\n"), ("café.txt", "x\n"));
        machine = new Machine(folder);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Parallel_work_from_two_machines_is_merged_on_a_third()
    {
        var b = await new Machine(folder, "m2").LaunchAsync(source, "b", tree => Replace(tree, "1\n", "one\n"), AtBase);
        var c = await new Machine(folder, "m3").LaunchAsync(source, "c", tree => Replace(tree, "9\n", "nine\n"), AtBase);

        var (d, _) = await machine.LaunchAsync(
            source,
            "d",
            tree => File.ReadAllText(Path.Join(tree, "shared.txt")).Should().Be("one\n2\n3\n4\n5\n6\n7\n8\nnine\n"),
            request => AtBase(request) with { StartFrom = [b.Work.Work, c.Work.Work] });

        d.Changed.Should().BeFalse();
        Encoding.UTF8.GetString(await machine.ReadAsync(d.Files["patch.diff"])).Should().BeEmpty();
        Encoding.UTF8.GetString(await machine.ReadAsync(d.Files["cumulative.diff"])).Should().Contain("+one").And.Contain("+nine");
        d.Work.Bundle.Should().NotBeNull("the merge has to travel on");
        var (after, _) = await new Machine(folder, "m4").LaunchAsync(
            source, "e", tree => Replace(tree, "5\n", "five\n"), request => AtBase(request) with { StartFrom = [d.Work] });
        Encoding.UTF8.GetString(await machine.ReadAsync(after.Files["patch.diff"])).Should().Contain("+five").And.NotContain("+one");
        await ApplyAsync(after.Files["cumulative.diff"]);
        File.ReadAllText(Path.Join(source.Path, "shared.txt")).Should().Be("one\n2\n3\n4\nfive\n6\n7\n8\nnine\n");
    }

    [Fact]
    public async Task The_same_merge_has_the_same_commit_on_every_machine()
    {
        var (b, c) = await ForkAsync("1\n", "9\n");

        var one = await machine.PrepareAsync(source, "d", request => AtBase(request) with { StartFrom = [b, c] });
        var other = await new Machine(folder, "m2").PrepareAsync(source, "d", request => AtBase(request) with { StartFrom = [b, c] });

        one.StartCommit.Should().Be(other.StartCommit);
    }

    [Fact]
    public async Task Work_that_is_already_in_is_not_merged_again()
    {
        var (a, _) = await machine.LaunchAsync(source, "a", tree => Replace(tree, "1\n", "one\n"), AtBase);
        var (b, _) = await machine.LaunchAsync(source, "b", tree => Replace(tree, "9\n", "nine\n"), request => AtBase(request) with { StartFrom = [a.Work] });

        var ancestorFirst = await machine.PrepareAsync(source, "c", request => AtBase(request) with { StartFrom = [a.Work, b.Work] });
        var ancestorLast = await machine.PrepareAsync(source, "c", request => AtBase(request) with { StartFrom = [b.Work, a.Work, a.Work] });

        ancestorFirst.StartCommit.Should().Be(b.Work.Commit);
        ancestorLast.StartCommit.Should().Be(b.Work.Commit);
    }

    [Fact]
    public async Task A_conflict_names_both_sides_and_the_file_and_loses_neither()
    {
        var (b, c) = await ForkAsync("1\n", "1\n");

        var preparing = () => machine.PrepareAsync(source, "d", request => AtBase(request) with { StartFrom = [b, c] });

        var conflict = (await preparing.Should().ThrowAsync<WorkspaceException>()).Which;
        conflict.Code.Should().Be(ErrorCodes.MergeConflict);
        conflict.ConflictingSteps.Should().Equal("b", "c");
        conflict.Message.Should().Contain("b and c").And.Contain("shared.txt").And.Contain("resolve");
        (await machine.ReadAsync(b.Bundle!)).Should().NotBeEmpty();
        (await machine.ReadAsync(c.Bundle!)).Should().NotBeEmpty();
    }

    [Fact]
    public async Task Only_the_sides_that_do_not_merge_are_named()
    {
        var (b, c) = await ForkAsync("1\n", "1\n");
        var (unrelated, _) = await machine.LaunchAsync(source, "unrelated", tree => File.WriteAllText(Path.Join(tree, "new.txt"), "n\n"), AtBase);

        var preparing = () => machine.PrepareAsync(source, "d", request => AtBase(request) with { StartFrom = [unrelated.Work, b, c] });

        (await preparing.Should().ThrowAsync<WorkspaceException>()).Which.ConflictingSteps.Should().Equal("b", "c");
    }

    [Theory]
    [InlineData("b", "b's\n")]
    [InlineData("c", "c's\n")]
    public async Task Taking_a_side_gives_its_version_of_the_conflict_and_keeps_the_rest_of_both(string take, string expected)
    {
        var (b, _) = await machine.LaunchAsync(source, "b", tree => { Replace(tree, "1\n", "b's\n"); File.WriteAllText(Path.Join(tree, "of-b"), "b"); }, AtBase);
        var (c, _) = await machine.LaunchAsync(source, "c", tree => { Replace(tree, "1\n", "c's\n"); File.WriteAllText(Path.Join(tree, "of-c"), "c"); }, AtBase);

        var workspace = await machine.PrepareAsync(source, "d", request => AtBase(request) with
        {
            StartFrom = [b.Work, c.Work],
            Resolution = new MergeResolution(take, null),
        });

        File.ReadAllText(Path.Join(workspace.WorkTree, "shared.txt")).Should().Be(expected + "2\n3\n4\n5\n6\n7\n8\n9\n");
        File.Exists(Path.Join(workspace.WorkTree, "of-b")).Should().BeTrue();
        File.Exists(Path.Join(workspace.WorkTree, "of-c")).Should().BeTrue();
    }

    [Theory]
    [InlineData("b", true)]
    [InlineData("c", false)]
    public async Task Taking_a_side_works_where_one_deletes_what_the_other_changes(string take, bool isThere)
    {
        var (b, _) = await machine.LaunchAsync(source, "b", tree => File.WriteAllText(Path.Join(tree, "café.txt"), "changed\n"), AtBase);
        var (c, _) = await machine.LaunchAsync(source, "c", tree => File.Delete(Path.Join(tree, "café.txt")), AtBase);

        var workspace = await machine.PrepareAsync(source, "d", request => AtBase(request) with { StartFrom = [b.Work, c.Work], Resolution = new MergeResolution(take, null) });

        File.Exists(Path.Join(workspace.WorkTree, "café.txt")).Should().Be(isThere);
    }

    [Fact]
    public async Task Taking_a_step_that_is_no_side_leaves_the_conflict()
    {
        var (b, c) = await ForkAsync("1\n", "1\n");

        var preparing = () => machine.PrepareAsync(source, "d", request => AtBase(request) with { StartFrom = [b, c], Resolution = new MergeResolution("x", null) });

        (await preparing.Should().ThrowAsync<WorkspaceException>()).Which.Code.Should().Be(ErrorCodes.MergeConflict);
    }

    [Fact]
    public async Task A_commit_that_a_person_pushed_ends_the_conflict()
    {
        var (b, c) = await ForkAsync("1\n", "1\n");
        source.Git("checkout", "--quiet", "-b", "resolved");
        var commit = source.Commit("by hand", ("shared.txt", "both\n"));

        var workspace = await machine.PrepareAsync(source, "d", request => AtBase(request) with { StartFrom = [b, c], Resolution = new MergeResolution(null, commit) });

        workspace.StartCommit.Should().Be(commit);
        workspace.BaseCommit.Should().Be(baseCommit);
        File.ReadAllText(Path.Join(workspace.WorkTree, "shared.txt")).Should().Be("both\n");
    }

    [Theory]
    [InlineData(7)]
    [InlineData(20)]
    public async Task A_short_id_of_a_commit_that_is_fetched_already_starts_from_its_full_one(int length)
    {
        var (b, c) = await ForkAsync("1\n", "1\n");

        var workspace = await machine.PrepareAsync(source, "d", request => AtBase(request) with { StartFrom = [b, c], Resolution = new MergeResolution(null, baseCommit[..length]) });

        workspace.StartCommit.Should().Be(baseCommit);
    }

    [Fact]
    public async Task A_commit_that_nobody_pushed_keeps_the_conflict_with_the_remedy()
    {
        var (b, c) = await ForkAsync("1\n", "1\n");

        var preparing = () => machine.PrepareAsync(source, "d", request => AtBase(request) with { StartFrom = [b, c], Resolution = new MergeResolution(null, new string('1', 40)) });

        var conflict = (await preparing.Should().ThrowAsync<WorkspaceException>().WithMessage("*Push it and resolve again*")).Which;
        conflict.Code.Should().Be(ErrorCodes.MergeConflict);
        conflict.ConflictingSteps.Should().Equal("b", "c");
    }

    [Fact]
    public async Task A_bundle_that_is_not_what_was_recorded_is_refused()
    {
        var (b, _) = await machine.LaunchAsync(source, "b", tree => Replace(tree, "1\n", "one\n"), AtBase);
        var tampered = await machine.ReadAsync(b.Work.Bundle!);
        tampered[^1] ^= 1;
        await machine.Store.WriteAsync(b.Work.Bundle!.Path, new MemoryStream(tampered), TestContext.Current.CancellationToken);

        var preparing = () => machine.PrepareAsync(source, "c", request => AtBase(request) with { StartFrom = [b.Work] });

        (await preparing.Should().ThrowAsync<WorkspaceException>().WithMessage("*SHA-256*")).Which.Code.Should().Be(ErrorCodes.InputMissing);
    }

    [Fact]
    public async Task A_bundle_that_is_gone_is_a_named_error()
    {
        var (b, _) = await machine.LaunchAsync(source, "b", tree => Replace(tree, "1\n", "one\n"), AtBase);
        await machine.Store.DeleteAsync("job-0001", TestContext.Current.CancellationToken);

        var preparing = () => machine.PrepareAsync(source, "c", request => AtBase(request) with { StartFrom = [b.Work] });

        (await preparing.Should().ThrowAsync<WorkspaceException>().WithMessage("*is missing*")).Which.Code.Should().Be(ErrorCodes.InputMissing);
    }

    private WorkspaceRequest AtBase(WorkspaceRequest request) => request with { BaseCommit = baseCommit };

    private async Task<(StepWork B, StepWork C)> ForkAsync(string ofB, string ofC)
    {
        var (b, _) = await machine.LaunchAsync(source, "b", tree => Replace(tree, ofB, "b's\n"), AtBase);
        var (c, _) = await machine.LaunchAsync(source, "c", tree => Replace(tree, ofC, "c's\n"), AtBase);
        return (b.Work, c.Work);
    }

    private static void Replace(string tree, string what, string with)
    {
        var file = Path.Join(tree, "shared.txt");
        File.WriteAllText(file, File.ReadAllText(file).Replace(what, with, StringComparison.Ordinal));
    }

    private async Task ApplyAsync(DocumentReference patch)
    {
        var (exitCode, _, error) = SourceRepository.TryRun(source.Path, await machine.ReadAsync(patch), "apply", "-");
        exitCode.Should().Be(0, error);
    }
}
