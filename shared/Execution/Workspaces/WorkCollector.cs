using System.Globalization;
using System.Text;
using Orchestrator.Artifacts;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.Execution.Workspaces;

/// <summary>Turns a work tree into a commit, patches and a bundle, with the host's git directory.</summary>
internal sealed class WorkCollector(Git git, IArtifactStore artifacts, ExecutionOptions options)
{
    private const string Patch = "patch.diff";
    private const string Cumulative = "cumulative.diff";
    private const string Bundle = ".work.bundle";

    public async Task<CollectedWork> RunAsync(PreparedWorkspace workspace, CancellationToken cancellationToken)
    {
        if (!workspace.HasGitDirectory && IsEmpty(workspace.WorkTree))
            return await RunUnchangedAsync(workspace, cancellationToken);
        if (!workspace.HasGitDirectory)
            CreateGitDirectory(workspace);
        var sweep = WorkTreeSweep.Run(workspace.WorkTree, workspace.CheckedOutAt, options);
        string[] notices = sweep.Removed == 0 ? [] : [string.Create(CultureInfo.InvariantCulture, $"{sweep.Removed} entries of the work tree were left out: folders named like git's own, sockets, pipes or devices.")];
        if (!sweep.IsWithinLimits)
            await RefuseTooMuchAsync(workspace, cancellationToken);
        await RunGitAsync(workspace, ["add", "--all"], workspace.WorkTree, cancellationToken);
        var tree = (await RunGitAsync(workspace, ["write-tree"], null, cancellationToken)).Text;
        var startTree = (await RunGitAsync(workspace, ["rev-parse", "--verify", $"{workspace.StartCommit}^{{tree}}"], null, cancellationToken)).Text;
        return tree == startTree
            ? await RunUnchangedAsync(workspace, cancellationToken) with { Notices = notices }
            : await StoreAsync(workspace, tree, notices, cancellationToken);
    }

    /// <summary>The work is where it started; it still has to be carried on when that is not the base.</summary>
    public async Task<CollectedWork> RunUnchangedAsync(PreparedWorkspace workspace, CancellationToken cancellationToken)
    {
        var patch = await artifacts.WriteAsync(ArtifactPaths.AttemptFile(workspace.Key, Patch), Stream.Null, cancellationToken);
        var files = new Dictionary<string, DocumentReference>(StringComparer.Ordinal) { [Patch] = patch, [Cumulative] = patch };
        if (workspace.StartCommit == workspace.BaseCommit)
            return new CollectedWork(new StepWork(workspace.Key.StepId, workspace.StartCommit, null), false, files, []);
        files[Cumulative] = await StoreDiffAsync(workspace, Cumulative, workspace.BaseCommit, workspace.StartCommit, cancellationToken);
        files[Bundle] = workspace.StartBundle ?? await StoreBundleAsync(workspace, workspace.StartCommit, cancellationToken);
        return new CollectedWork(new StepWork(workspace.Key.StepId, workspace.StartCommit, files[Bundle]), false, files, []);
    }

    private async Task<CollectedWork> StoreAsync(PreparedWorkspace workspace, string tree, IReadOnlyList<string> notices, CancellationToken cancellationToken)
    {
        var answer = await RunGitAsync(workspace, ["commit-tree", tree, "-p", workspace.StartCommit, "-m", $"Work of {workspace.Key.StepId}"], null, cancellationToken);
        var commit = answer.Text;
        var patch = await StoreDiffAsync(workspace, Patch, workspace.StartCommit, commit, cancellationToken);
        var files = new Dictionary<string, DocumentReference>(StringComparer.Ordinal)
        {
            [Patch] = patch,
            [Cumulative] = workspace.StartCommit == workspace.BaseCommit
                ? patch
                : await StoreDiffAsync(workspace, Cumulative, workspace.BaseCommit, commit, cancellationToken),
            [Bundle] = await StoreBundleAsync(workspace, commit, cancellationToken),
        };
        return new CollectedWork(new StepWork(workspace.Key.StepId, commit, files[Bundle]), true, files, notices);
    }

    private Task<DocumentReference> StoreDiffAsync(PreparedWorkspace workspace, string name, string from, string to, CancellationToken cancellationToken) =>
        StoreOutputAsync(
            workspace,
            name,
            options.MaxPatchBytes,
            ["diff-tree", "-p", "-r", "--binary", "--full-index", "--find-renames", "--no-ext-diff", "--no-textconv", "--no-color", "--no-relative", "--submodule=short", "--src-prefix=a/", "--dst-prefix=b/", from, to],
            cancellationToken);

    private Task<DocumentReference> StoreBundleAsync(PreparedWorkspace workspace, string commit, CancellationToken cancellationToken)
    {
        GitFolder.WriteRef(workspace.GitDirectory, GitFolder.WorkRef, commit);
        // The base that we made up is nowhere else, so it travels along.
        string[] without = workspace.BaseCommit == EmptyBase.Commit ? [] : [$"^{workspace.BaseCommit}"];
        return StoreOutputAsync(workspace, Bundle, long.MaxValue, ["bundle", "create", "--quiet", "-", GitFolder.WorkRef, .. without], cancellationToken);
    }

    // By way of a file: git must never wait for a slow store, nor a store put half of what git wrote before it failed.
    private async Task<DocumentReference> StoreOutputAsync(PreparedWorkspace workspace, string name, long limit, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var temporary = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose };
        await using var file = new FileStream(Path.Join(workspace.Folder, $"out-{Guid.NewGuid():N}"), temporary);
        var output = new LimitedStream(file, limit);
        await git.RunAsync(new GitCall(arguments) { GitDirectory = workspace.GitDirectory, Transfer = true, Output = output }, cancellationToken);
        if (output.Overflowed)
        {
            throw new WorkspaceException(
                ErrorCodes.WorkTooLarge,
                $"{name} would be larger than {limit} bytes (Execution:MaxPatchBytes). Change less in one step, or keep generated files out of git with .gitignore.");
        }

        file.Position = 0;
        return await artifacts.WriteAsync(ArtifactPaths.AttemptFile(workspace.Key, name), file, cancellationToken);
    }

    private async Task RefuseTooMuchAsync(PreparedWorkspace workspace, CancellationToken cancellationToken)
    {
        var answer = await RunGitAsync(workspace, ["ls-files", "--others", "--modified", "--exclude-standard", "-z"], workspace.WorkTree, cancellationToken);
        var names = Encoding.Latin1.GetString(answer.Output).Split('\0', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal).ToArray();
        var bytes = names.Sum(name => WorkTreeSweep.Length(workspace.WorkTree, Encoding.Latin1.GetBytes(name)));
        if (names.Length > options.MaxChangedFiles)
            throw TooLarge($"{names.Length} files were changed, {options.MaxChangedFiles} are allowed (Execution:MaxChangedFiles)");
        if (bytes > options.MaxChangedBytes)
            throw TooLarge($"the changed files have {bytes} bytes, {options.MaxChangedBytes} are allowed (Execution:MaxChangedBytes)");
    }

    private static WorkspaceException TooLarge(string what) =>
        new(ErrorCodes.WorkTooLarge, $"The work is too large: {what}. Keep what is generated out of git with .gitignore, or do it in more steps.");

    private static void CreateGitDirectory(PreparedWorkspace workspace)
    {
        GitFolder.CreateForHost(workspace.GitDirectory, null);
        GitFolder.WriteRef(workspace.GitDirectory, GitFolder.BaseRef, workspace.BaseCommit);
    }

    private static bool IsEmpty(string workTree) =>
        Directory.EnumerateFileSystemEntries(workTree).All(entry => Path.GetFileName(entry.AsSpan()) is ".git");

    private Task<GitAnswer> RunGitAsync(PreparedWorkspace workspace, IReadOnlyList<string> arguments, string? workTree, CancellationToken cancellationToken) => git.RunAsync(
        new GitCall(arguments) { GitDirectory = workspace.GitDirectory, WorkTree = workTree, Environment = GitIdentity.Variables },
        cancellationToken);
}
