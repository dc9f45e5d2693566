using System.Text;
using AwesomeAssertions;
using Orchestrator.Contracts.Steps;
using Orchestrator.Execution.Workspaces;

namespace Orchestrator.UnitTests.Execution.Workspaces;

public sealed class LaunchWorkspacesTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly SourceRepository source;
    private readonly Machine machine;

    public LaunchWorkspacesTests()
    {
        source = new SourceRepository(folder.Join("source"));
        source.Commit("first", ("README.md", "hello\n"), ("src/app.txt", "one\ntwo\nthree\n"));
        machine = new Machine(folder);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_workspace_holds_the_base_and_its_patch_applies_there()
    {
        var (work, baseCommit) = await machine.LaunchAsync(source, "a", tree => File.WriteAllText(Path.Join(tree, "src/app.txt"), "one\n2\nthree\n"));

        baseCommit.Should().Be(source.Git("rev-parse", "HEAD"));
        work.Changed.Should().BeTrue();
        Encoding.UTF8.GetString(await machine.ReadAsync(work.Files["patch.diff"])).Should().StartWith("diff --git a/src/app.txt b/src/app.txt").And.Contain("+2\n");
        await ApplyAsync(work);
        File.ReadAllText(Path.Join(source.Path, "src/app.txt")).Should().Be("one\n2\nthree\n");
    }

    [Fact]
    public async Task A_launch_that_changes_nothing_hands_on_the_base_and_no_bundle()
    {
        var (work, baseCommit) = await machine.LaunchAsync(source, "a", _ => { });

        work.Changed.Should().BeFalse();
        work.Work.Should().Be(new StepWork("a", baseCommit, null));
        (await machine.ReadAsync(work.Files["patch.diff"])).Should().BeEmpty();
    }

    [Fact]
    public async Task Everything_that_git_can_hold_survives_the_way_into_a_patch_and_back()
    {
        source.Commit("more", ("old name.txt", string.Concat(Enumerable.Range(0, 50).Select(i => $"line {i}\n"))), ("gone.txt", "bye\n"), ("run.sh", "#!/bin/sh\n"), ("swap", "file\n"));
        var binary = Enumerable.Range(0, 4096).Select(i => (byte)(i * 7)).ToArray();

        var (work, _) = await machine.LaunchAsync(source, "a", tree =>
        {
            File.WriteAllBytes(Path.Join(tree, "picture.bin"), binary);
            File.Move(Path.Join(tree, "old name.txt"), Path.Join(tree, "new name.txt"));
            File.Delete(Path.Join(tree, "gone.txt"));
            Shell(tree, "chmod 755 run.sh");
            File.Delete(Path.Join(tree, "swap"));
            Directory.CreateDirectory(Path.Join(tree, "swap"));
            File.WriteAllText(Path.Join(tree, "swap", "inner"), "now a folder\n");
            File.WriteAllText(Path.Join(tree, "with\nnewline and \"quotes\"\t.txt"), "x\r\nno end");
            File.CreateSymbolicLink(Path.Join(tree, "link"), "README.md");
            File.WriteAllText(Path.Join(tree, "empty"), "");
            Shell(tree, "printf 'latin' > \"$(printf 'caf\\351')\"; mkdir \"$(printf 'd\\377')\"; echo in > \"$(printf 'd\\377')/f\"");
        });

        var patch = await machine.ReadAsync(work.Files["patch.diff"]);
        Encoding.Latin1.GetString(patch).Should().Contain("rename from old name.txt").And.Contain("old mode 100644\nnew mode 100755").And.Contain("GIT binary patch");
        await ApplyAsync(work);
        File.ReadAllBytes(Path.Join(source.Path, "picture.bin")).Should().Equal(binary);
        source.Git("add", "--all");
        await using var bundle = File.Create(folder.Join("bundle"));
        await bundle.WriteAsync(await machine.ReadAsync(work.Work.Bundle!), TestContext.Current.CancellationToken);
        await bundle.DisposeAsync();
        source.Git("fetch", "--quiet", folder.Join("bundle"), "refs/orchestrator/work");
        source.Git("write-tree").Should().Be(source.Git("rev-parse", "FETCH_HEAD^{tree}"));
    }

    [Fact]
    public async Task Ignored_files_stay_out_of_the_patch()
    {
        var (work, _) = await machine.LaunchAsync(source, "a", tree =>
        {
            File.WriteAllText(Path.Join(tree, ".gitignore"), "build/\n");
            Directory.CreateDirectory(Path.Join(tree, "build"));
            File.WriteAllText(Path.Join(tree, "build/out.o"), "object");
        });

        Encoding.UTF8.GetString(await machine.ReadAsync(work.Files["patch.diff"])).Should().Contain(".gitignore").And.NotContain("out.o");
    }

    [Fact]
    public async Task Without_a_project_there_is_an_empty_workspace_and_no_git_is_started()
    {
        var withoutGit = new Machine(folder, "m2", git => git.Binary = "/nonexistent/git");

        var (work, baseCommit) = await withoutGit.LaunchAsync(null, "a", tree => Directory.GetFiles(tree).Should().BeEmpty());

        work.Work.Should().Be(new StepWork("a", baseCommit, null));
        work.Changed.Should().BeFalse();
    }

    [Fact]
    public async Task Without_a_project_files_are_collected_and_travel_on()
    {
        var (first, baseCommit) = await machine.LaunchAsync(null, "a", tree => File.WriteAllText(Path.Join(tree, "made.txt"), "made\n"));
        var (second, _) = await new Machine(folder, "m2").LaunchAsync(
            null,
            "b",
            tree => File.ReadAllText(Path.Join(tree, "made.txt")).Should().Be("made\n"),
            request => request with { StartFrom = [first.Work], BaseCommit = baseCommit });

        second.Changed.Should().BeFalse();
        second.Work.Commit.Should().Be(first.Work.Commit);
        second.Work.Bundle.Should().Be(first.Work.Bundle);
        Encoding.UTF8.GetString(await machine.ReadAsync(second.Files["cumulative.diff"])).Should().Contain("+made");
    }

    [Theory]
    [InlineData("branch")]
    [InlineData("tag")]
    [InlineData("annotated")]
    [InlineData("sha")]
    [InlineData("refs/heads/branch")]
    [InlineData("refs/pull/7/head")]
    [InlineData("unreachable")]
    public async Task A_base_ref_may_be_anything_that_names_a_commit(string name)
    {
        source.Git("checkout", "--quiet", "-b", "branch");
        var wanted = source.Commit("wanted", ("wanted.txt", "here\n"));
        source.Git("tag", "tag");
        source.Git("tag", "-a", "annotated", "-m", "note");
        source.Git("update-ref", "refs/pull/7/head", wanted);
        source.Git("checkout", "--quiet", "main");
        if (name == "unreachable")
        {
            source.Git("checkout", "--quiet", "--detach");
            wanted = source.Commit("nobody points here", ("lost.txt", "here\n"));
            source.Git("checkout", "--quiet", "main");
        }

        var reference = name is "sha" or "unreachable" ? wanted : name;
        var workspace = await machine.PrepareAsync(source, "a", request => request with { BaseRef = reference });

        workspace.BaseCommit.Should().Be(wanted);
    }

    [Fact]
    public async Task Without_a_base_ref_the_default_branch_and_else_HEAD_is_taken()
    {
        source.Git("checkout", "--quiet", "-b", "develop");
        var develop = source.Commit("on develop", ("d.txt", "d\n"));

        var head = await machine.PrepareAsync(source, "a");
        var named = await machine.PrepareAsync(source, "a", request => request with { Project = request.Project! with { DefaultBranch = "main" } });

        head.BaseCommit.Should().Be(develop);
        named.BaseCommit.Should().Be(source.Git("rev-parse", "main"));
    }

    [Fact]
    public async Task All_steps_of_a_run_start_from_the_commit_of_the_first_although_the_branch_moves()
    {
        var first = await machine.PrepareAsync(source, "a");
        var moved = source.Commit("moved", ("README.md", "moved\n"));

        var later = await new Machine(folder, "m2").PrepareAsync(source, "b", request => request with { BaseCommit = first.BaseCommit });
        var next = await machine.PrepareAsync(source, "c");

        later.BaseCommit.Should().Be(first.BaseCommit).And.NotBe(moved);
        File.ReadAllText(Path.Join(later.WorkTree, "README.md")).Should().Be("hello\n");
        next.BaseCommit.Should().Be(moved);
    }

    [Fact]
    public async Task An_empty_repository_is_a_base_without_files()
    {
        var empty = new SourceRepository(folder.Join("empty"));

        var (first, baseCommit) = await machine.LaunchAsync(empty, "a", tree => File.WriteAllText(Path.Join(tree, "first.txt"), "1\n"));
        var (second, _) = await new Machine(folder, "m2").LaunchAsync(
            empty,
            "b",
            tree => File.ReadAllText(Path.Join(tree, "first.txt")).Should().Be("1\n"),
            request => request with { StartFrom = [first.Work], BaseCommit = baseCommit });

        first.Changed.Should().BeTrue();
        second.Work.Commit.Should().Be(first.Work.Commit);
    }

    [Theory]
    [InlineData("no-such-branch", "*no branch, tag or commit 'no-such-branch'*base_ref*")]
    [InlineData("--upload-pack=touch x", "*is no name of a ref*")]
    [InlineData("main:refs/heads/x", "*is no name of a ref*")]
    [InlineData("0123456789012345678901234567890123456789", "*0123456789012345678901234567890123456789*")]
    public async Task A_ref_that_is_not_there_is_a_named_error_with_the_remedy(string reference, string message)
    {
        var preparing = () => machine.PrepareAsync(source, "a", request => request with { BaseRef = reference });

        (await preparing.Should().ThrowAsync<WorkspaceException>().WithMessage(message)).Which.Code.Should().Be(ErrorCodes.RepositoryUnavailable);
        Launches().Should().BeEmpty();
    }

    [Theory]
    [InlineData("/no/such/repository", "*does not exist on this machine*repo_url*")]
    [InlineData("file:///no/such/repository", "*does not exist on this machine*")]
    [InlineData("https://user:secret@example.invalid/x.git", "*holds a password*credential*")]
    [InlineData("ext::sh -c touch% /tmp/x", "*cannot be used*")]
    [InlineData("http://example.invalid/x.git", "*http is not allowed*")]
    [InlineData("-oProxyCommand=x:y", "*cannot be used*")]
    public async Task A_repository_that_cannot_be_had_is_a_named_error_with_the_remedy(string url, string message)
    {
        var preparing = () => machine.PrepareAsync(source, "a", request => request with { Project = request.Project! with { RepoUrl = url } });

        var error = (await preparing.Should().ThrowAsync<WorkspaceException>().WithMessage(message)).Which;
        error.Code.Should().Be(ErrorCodes.RepositoryUnavailable);
        error.Message.Should().NotContain("secret@");
    }

    [Fact]
    public async Task A_folder_that_is_no_repository_is_a_named_error()
    {
        Directory.CreateDirectory(folder.Join("plain"));

        var preparing = () => machine.PrepareAsync(source, "a", request => request with { Project = request.Project! with { RepoUrl = folder.Join("plain") } });

        (await preparing.Should().ThrowAsync<WorkspaceException>()).Which.Code.Should().Be(ErrorCodes.RepositoryUnavailable);
    }

    [Fact]
    public async Task Nothing_is_shared_with_the_source_and_the_agent_cannot_reach_what_the_host_uses()
    {
        var workspace = await machine.PrepareAsync(source, "a");

        var inodes = Inodes(source.Path);
        inodes.Should().NotBeEmpty();
        Inodes(machine.Work).Should().NotIntersectWith(inodes);
        Inodes(workspace.WorkTree).Should().NotIntersectWith(Inodes(Path.Join(machine.Work, "mirrors")));
        Shell(workspace.WorkTree, "find .git/objects -type f -exec sh -c 'chmod u+w \"$1\" && echo garbage > \"$1\"' _ {} \\;");
        source.Git("fsck", "--strict").Should().BeEmpty();
        SourceRepository.Run(Directory.GetDirectories(Path.Join(machine.Work, "mirrors"))[0], "fsck", "--strict", "--no-dangling").Should().BeEmpty();
        File.WriteAllText(Path.Join(workspace.WorkTree, "README.md"), "still works\n");
        (await machine.CollectAsync(workspace)).Changed.Should().BeTrue();
    }

    [Fact]
    public async Task The_agent_has_a_working_repository_of_its_own()
    {
        var workspace = await machine.PrepareAsync(source, "a");

        SourceRepository.Run(workspace.WorkTree, "status", "--porcelain").Should().BeEmpty();
        SourceRepository.Run(workspace.WorkTree, "log", "--format=%s").Should().Be("first");
        File.WriteAllText(Path.Join(workspace.WorkTree, "README.md"), "committed by the agent\n");
        SourceRepository.Run(workspace.WorkTree, "commit", "--quiet", "--all", "--message", "mine");
        SourceRepository.Run(workspace.WorkTree, "fsck").Should().BeEmpty();
        var work = await machine.CollectAsync(workspace);

        Encoding.UTF8.GetString(await machine.ReadAsync(work.Files["patch.diff"])).Should().Contain("+committed by the agent");
    }

    [Fact]
    public async Task Everything_of_a_launch_goes_from_disk_whatever_it_left()
    {
        var workspace = await machine.PrepareAsync(source, "a");
        File.WriteAllText(folder.Join("outside"), "precious");
        Shell(workspace.WorkTree, $"""
            mkdir -p locked/inner && echo x > locked/inner/f && chmod 000 locked/inner locked
            ln -s {folder.Path} out; ln -s / root; mkfifo pipe
            mkdir "$(printf 'd\377')" && echo x > "$(printf 'd\377')/$(printf '\376')"
            d=.; for i in $(seq 1 300); do mkdir "$d/deep" && cd "$d/deep" && d=.; done
            """);

        LaunchWorkspaces.Remove(workspace);

        Directory.Exists(workspace.Folder).Should().BeFalse();
        File.ReadAllText(folder.Join("outside")).Should().Be("precious");
    }

    [Fact]
    public async Task What_a_killed_runner_left_is_removed_by_the_next_one()
    {
        var workspace = await machine.PrepareAsync(source, "a");
        var abandoned = Directory.CreateDirectory(Path.Join(machine.Work, "a", "abandoned", "launch")).FullName;
        File.WriteAllText(Path.Join(machine.Work, "a", "abandoned", "lock"), "");

        _ = new Machine(folder);

        Directory.Exists(abandoned).Should().BeFalse();
        Directory.Exists(workspace.WorkTree).Should().BeTrue();
    }

    [Fact]
    public async Task Many_launches_at_once_share_a_mirror()
    {
        var launches = await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
            machine.LaunchAsync(source, $"s{i}", tree => File.WriteAllText(Path.Join(tree, $"f{i}"), "x"))));

        launches.Should().OnlyContain(launch => launch.Work.Changed);
        Launches().Should().BeEmpty();
    }

    private static void Shell(string folder, string script) => SourceRepository.Shell(folder, script);

    private static HashSet<string> Inodes(string folder)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("find", [folder, "-type", "f", "-printf", "%i\\n"]) { RedirectStandardOutput = true })!;
        return [.. process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    private string[] Launches() => [.. Directory.GetDirectories(Path.Join(machine.Work, "a")).SelectMany(Directory.GetDirectories)];

    private async Task ApplyAsync(CollectedWork work)
    {
        var patch = await machine.ReadAsync(work.Files["patch.diff"]);
        var (exitCode, _, error) = SourceRepository.TryRun(source.Path, patch, "apply", "--check", "-");
        exitCode.Should().Be(0, error);
        SourceRepository.TryRun(source.Path, patch, "apply", "--whitespace=nowarn", "-").ExitCode.Should().Be(0);
    }
}
