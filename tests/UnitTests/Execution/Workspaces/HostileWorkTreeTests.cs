using System.Text;
using AwesomeAssertions;
using Orchestrator.Execution.Workspaces;

namespace Orchestrator.UnitTests.Execution.Workspaces;

/// <summary>What an agent may plant for the host's git: nothing of it is run, nothing leaks, and the benign change is reported right.</summary>
public sealed class HostileWorkTreeTests : IDisposable
{
    private const string Secret = "the-secret-of-another-project";

    private readonly TempFolder folder = new();
    private readonly SourceRepository source;
    private readonly Machine machine;
    private readonly string marker;

    public HostileWorkTreeTests()
    {
        source = new SourceRepository(folder.Join("source"));
        source.Commit("first", ("README.md", "hello\n"), ("src/app.txt", "one\n"), ("data.txt", "data\n"));
        machine = new Machine(folder);
        marker = folder.Join("ran");
        var outside = new SourceRepository(folder.Join("outside"));
        outside.Commit("private", ("app.txt", Secret), ("secret.txt", Secret));
        File.WriteAllText(folder.Join("evil"), $"#!/bin/sh\necho ran >> {marker}\ncat\n");
        SourceRepository.Shell(folder.Path, "chmod 755 evil");
    }

    /// <summary>Name, script in the work tree ($EVIL is a program that leaves a mark, $OUTSIDE a folder the agent must not reach), and whether a careless git would run it.</summary>
    public static TheoryData<string, string, bool> Vectors => new()
    {
        { "hooks", "for h in pre-commit post-index-change post-checkout post-commit reference-transaction pre-auto-gc; do cp $EVIL .git/hooks-$h; mkdir -p .git/hooks; mv .git/hooks-$h .git/hooks/$h; done", true },
        { "hooks path", "mkdir h; cp $EVIL h/pre-commit; cp $EVIL h/post-index-change; git config core.hooksPath $PWD/h; echo h/ > .git/info/exclude; mv h .git/h; git config core.hooksPath $PWD/.git/h", true },
        { "fsmonitor", "git config core.fsmonitor $EVIL", true },
        { "clean filter", "git config filter.x.clean $EVIL; git config filter.x.smudge $EVIL; git config filter.x.required true; echo '*.txt filter=x' > .git/info/attributes; touch data.txt; echo changed > src/new.txt; rm src/new.txt", true },
        { "process filter by .gitattributes", "git config filter.x.process $EVIL; rm .git/info/attributes; echo '*.md filter=x' > .gitattributes", true },
        { "text conversion", "git config diff.x.textconv $EVIL; rm .git/info/attributes; echo '*.md diff=x' > .gitattributes", true },
        { "external diff", "git config diff.external $EVIL", true },
        { "diff command", "git config diff.x.command $EVIL; rm .git/info/attributes; echo '*.md diff=x' > .gitattributes", true },
        { "include path", "printf '[core]\\n\\tfsmonitor = %s\\n' $EVIL > .git/more; git config include.path more", true },
        { "worktree config", "git config extensions.worktreeConfig true; printf '[core]\\n\\tfsmonitor = %s\\n' $EVIL > .git/config.worktree", true },
        { "signing program", "git config commit.gpgSign true; git config gpg.program $EVIL", true },
        { "swap to another git directory by file", "mv .git ../tmp/real; cp -r ../tmp/real inner; echo inner > inner/info/exclude; git --git-dir=inner config core.fsmonitor $EVIL; echo \"gitdir: $PWD/inner\" > .git", true },
        { "swap to another git directory by link", "mv .git ../tmp/real; ln -s ../tmp/real .git; git config core.fsmonitor $EVIL", true },
        { "nested repository", "git init -q nested; cd nested; git config core.fsmonitor $EVIL; echo x > x; git -c core.fsmonitor= -c user.name=a -c user.email=a@b add x; git -c core.fsmonitor= -c user.name=a -c user.email=a@b commit -qm x", true },
        { "submodule with an update command", "git init -q sub; cd sub; echo x > x; git add x; git -c user.name=a -c user.email=a@b commit -qm x; cp $EVIL .git/hooks/post-checkout; cd ..; printf '[submodule \"sub\"]\\n\\tpath = sub\\n\\turl = ./sub\\n\\tupdate = checkout\\n' > .gitmodules; git config submodule.recurse true; git config submodule.sub.update \"!$EVIL\"", false },
        { "ssh and proxy commands", "git config core.sshCommand $EVIL; git config core.gitProxy $EVIL; git config credential.helper $EVIL; git config core.askPass $EVIL; git config remote.origin.url ext::$EVIL", false },
        { "editor, pager and alternate refs", "git config core.editor $EVIL; git config core.pager $EVIL; git config core.alternateRefsCommand $EVIL", false },
        { "work tree escape", "git config core.worktree $OUTSIDE", false },
        { "alternates of another repository", "mkdir -p .git/objects/info; echo $OUTSIDE/.git/objects > .git/objects/info/alternates; git update-ref refs/heads/work $(git -C $OUTSIDE rev-parse HEAD)", false },
        { "replaced objects and grafts", "git -c user.name=a -c user.email=a@b commit -q --allow-empty -m other; old=$(git rev-parse HEAD~1); new=$(git rev-parse HEAD); git replace $new $old; echo $old > .git/info/grafts; echo $new > .git/shallow", false },
        { "excludes that hide the change", "echo '*' > .git/info/exclude; git config core.excludesFile $PWD/.git/info/exclude; echo 'README.md -diff' > .git/info/attributes", false },
        { "attributes that hide the change", "printf '* -diff\\n* binary\\n*.md export-ignore merge=ours\\n' > .gitattributes", false },
        { "attributes that change content", "printf '*.md ident text eol=crlf working-tree-encoding=UTF-16\\n' > .gitattributes", false },
        { "index that hides the change", "git update-index --assume-unchanged README.md; git update-index --skip-worktree README.md", false },
        { "broken index and head", "echo garbage > .git/index; echo garbage > .git/HEAD; rm -rf .git/objects", false },
        { "link to a file outside", "ln -s $OUTSIDE/secret.txt leak; ln -sf $OUTSIDE/secret.txt data.txt", false },
        { "link in place of a folder", "rm -r src; ln -s $OUTSIDE src", false },
        { "link in place of .gitattributes and .gitignore", "ln -s $OUTSIDE/secret.txt .gitattributes; ln -s $OUTSIDE/secret.txt .gitignore; ln -s $OUTSIDE/secret.txt .gitmodules", false },
        { "names like git's own", "mkdir -p .GIT/hooks git~1 'a/.git ' 'b/.Git' c/.git.; for d in .GIT git~1 'a/.git ' 'b/.Git' c/.git.; do printf '[core]\\n\\tfsmonitor = %s\\n' $EVIL > \"$d/config\"; done; printf x > '.git::$INDEX_ALLOCATION'", false },
        { "pipes and sockets", "mkfifo pipe; rm data.txt; mkfifo data.txt", false },
    };

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Vectors))]
    public async Task Nothing_planted_is_run_or_followed_and_the_change_is_reported(string name, string script, bool runsInACarelessGit)
    {
        var workspace = await machine.PrepareAsync(source, "a");
        Plant(workspace, script);

        var work = await machine.CollectAsync(workspace);

        File.Exists(marker).Should().BeFalse($"'{name}' must not be run by the host");
        var patch = Encoding.Latin1.GetString(await machine.ReadAsync(work.Files["patch.diff"]));
        patch.Should().Contain("-hello\n+the benign change\n").And.NotContain(Secret);
        var bundle = folder.Join("bundle");
        await File.WriteAllBytesAsync(bundle, await machine.ReadAsync(work.Work.Bundle!), TestContext.Current.CancellationToken);
        source.Git("fetch", "--quiet", bundle, "refs/orchestrator/work");
        source.Git("log", "-p", "FETCH_HEAD").Should().NotContain(Secret);
        SourceRepository.TryRun(source.Path, Encoding.Latin1.GetBytes(patch), "apply", "--check", "-").ExitCode.Should().Be(0);
        source.Git("fsck", "--strict", "--no-dangling").Should().BeEmpty();
        if (runsInACarelessGit)
            await ShowThatItIsLiveAsync(script);
    }

    [Fact]
    public async Task A_nested_repository_is_collected_as_the_files_that_it_is()
    {
        var workspace = await machine.PrepareAsync(source, "a");
        SourceRepository.Shell(workspace.WorkTree, "git init -q nested; cd nested; echo inner > file.txt; git add .; git -c user.name=a -c user.email=a@b commit -qm x");

        var work = await machine.CollectAsync(workspace);

        var patch = Encoding.UTF8.GetString(await machine.ReadAsync(work.Files["patch.diff"]));
        patch.Should().Contain("nested/file.txt").And.Contain("+inner").And.NotContain("160000");
        work.Notices.Should().ContainSingle().Which.Should().Contain("1 entries");
    }

    [Fact]
    public async Task A_hostile_base_is_checked_out_without_running_anything()
    {
        SourceRepository.Shell(source.Path, $"printf '* filter=x diff=x merge=x ident text eol=crlf\\n' > .gitattributes; ln -s {folder.Join("outside")} out; printf '[submodule \"s\"]\\n\\tpath = s\\n\\turl = ext::{folder.Join("evil")}\\n' > .gitmodules");
        source.Git("update-index", "--add", "--cacheinfo", $"160000,{source.Git("rev-parse", "HEAD")},s");
        source.Commit("hostile");
        SourceRepository.Shell(source.Path, $"for h in post-checkout post-merge pre-commit; do cp {folder.Join("evil")} .git/hooks/$h; done; git config filter.x.smudge {folder.Join("evil")}; git config core.fsmonitor {folder.Join("evil")}; git config uploadpack.packObjectsHook {folder.Join("evil")}");

        var (work, _) = await machine.LaunchAsync(source, "a", tree => File.WriteAllText(Path.Join(tree, "README.md"), "the benign change\n"));

        File.Exists(marker).Should().BeFalse();
        var patch = Encoding.Latin1.GetString(await machine.ReadAsync(work.Files["patch.diff"]));
        patch.Should().Contain("-hello\n+the benign change\n").And.NotContain(Secret).And.NotContain("160000");
    }

    private void Plant(PreparedWorkspace workspace, string script)
    {
        File.WriteAllText(Path.Join(workspace.WorkTree, "README.md"), "the benign change\n");
        var file = folder.Join("plant.sh");
        File.WriteAllText(file, $"EVIL={folder.Join("evil")}\nOUTSIDE={folder.Join("outside")}\nexport GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1\n{script}\n");
        SourceRepository.Shell(workspace.WorkTree, $". {file}");
        File.Delete(marker);
    }

    // The twin: an ordinary git in the same tree does run it, so the vector is no blank.
    private async Task ShowThatItIsLiveAsync(string script)
    {
        var workspace = await machine.PrepareAsync(source, "twin");
        Plant(workspace, script);
        var answers = new[] { "status", "diff", "add --all", "commit --message x" }.Select(arguments => SourceRepository.TryRun(workspace.WorkTree, null, arguments.Split(' '))).ToArray();
        SourceRepository.TryRun(Directory.Exists(Path.Join(workspace.WorkTree, "nested")) ? Path.Join(workspace.WorkTree, "nested") : workspace.WorkTree, null, "status");
        File.Exists(marker).Should().BeTrue($"the vector must work against a git that trusts the tree, which said {string.Join("; ", answers)}");
    }
}
