using Microsoft.Extensions.Options;
using Orchestrator.Artifacts;
using Orchestrator.Contracts.Steps;
using Orchestrator.Hosting.Failpoints;

namespace Orchestrator.Execution.Workspaces;

/// <summary>Makes the workspace of a launch and takes the work out of it afterwards. See README.md of this folder for what belongs to whom.</summary>
public sealed class LaunchWorkspaces
{
    private readonly Git git;
    private readonly RepositoryMirrors mirrors;
    private readonly IArtifactStore artifacts;
    private readonly ExecutionOptions options;
    private readonly InstanceFolder instance;

    /// <summary>Creates the service; the work directory is made when it is missing.</summary>
    public LaunchWorkspaces(Git git, IArtifactStore artifacts, IOptions<ExecutionOptions> options, SecretsFolder secrets, TimeProvider time)
    {
        this.git = git;
        this.artifacts = artifacts;
        this.options = options.Value;
        mirrors = new RepositoryMirrors(git, options, secrets, time);
        PrivateFolder.Create(this.options.WorkDirectory);
        instance = InstanceFolder.Create(Path.Join(this.options.WorkDirectory, "a"));
    }

    /// <summary>Makes the workspace.</summary>
    /// <exception cref="WorkspaceException">A named reason: <see cref="ErrorCodes.RepositoryUnavailable"/>, <see cref="ErrorCodes.MergeConflict"/>, <see cref="ErrorCodes.GitTimeout"/> …; nothing is left on disk.</exception>
    public async Task<PreparedWorkspace> PrepareAsync(WorkspaceRequest request, CancellationToken cancellationToken)
    {
        var folder = Path.Join(instance.Path, Guid.NewGuid().ToString("N")[..16]);
        try
        {
            foreach (var name in new[] { "", "work", "home", "tmp" })
                PrivateFolder.Create(Path.Join(folder, name));
            return await FillAsync(request, folder, cancellationToken);
        }
        catch
        {
            FolderRemoval.Run(folder);
            throw;
        }
    }

    /// <summary>Takes the work out of the workspace: what the host's own git sees, never what the agent's says. No process of the agent may be left.</summary>
    /// <exception cref="WorkspaceException"><see cref="ErrorCodes.WorkTooLarge"/>, <see cref="ErrorCodes.GitTimeout"/> or <see cref="ErrorCodes.GitFailed"/>.</exception>
    public Task<CollectedWork> CollectAsync(PreparedWorkspace workspace, IArtifactStore store, CancellationToken cancellationToken) =>
        new WorkCollector(git, store, options).RunAsync(workspace, cancellationToken);

    /// <summary>What there is to report of a workspace that nobody could write.</summary>
    public Task<CollectedWork> CollectNothingAsync(PreparedWorkspace workspace, IArtifactStore store, CancellationToken cancellationToken) =>
        new WorkCollector(git, store, options).RunUnchangedAsync(workspace, cancellationToken);

    /// <summary>Deletes everything of the launch from this machine.</summary>
    public static void Remove(PreparedWorkspace workspace) => FolderRemoval.Run(workspace.Folder);

    /// <summary>Moves everything of the launch aside, to <c>kept</c> in the work directory, for a person to look at.</summary>
    public void Keep(PreparedWorkspace workspace)
    {
        var kept = Path.Join(options.WorkDirectory, "kept");
        PrivateFolder.Create(kept);
        var key = workspace.Key;
        var target = Path.Join(kept, $"{key.JobId}-{key.Run}-{key.StepId}-{key.Visit}-{key.Attempt}-{Path.GetFileName(workspace.Folder)}");
        Failpoint.Around("workspace.keep.rename", () => Directory.Move(workspace.Folder, target));
    }

    /// <summary>Makes the collected work tree ready for <c>verify</c>: with a throw-away repository again, at the collected commit.</summary>
    public static void PrepareForVerify(PreparedWorkspace workspace, string commit)
    {
        // After a launch that could write the collector has taken the agent's away, after any other it is as it was made.
        FolderRemoval.RemoveEntry(workspace.WorkTree, ".git"u8);
        if (workspace.HasGitDirectory || Directory.Exists(workspace.GitDirectory))
            GitFolder.CreateForAgent(workspace.WorkTree, workspace.GitDirectory, workspace.MirrorDirectory, commit);
        else
            GitFolder.CreateEmptyForAgent(workspace.WorkTree);
    }

    private async Task<PreparedWorkspace> FillAsync(WorkspaceRequest request, string folder, CancellationToken cancellationToken)
    {
        var workspace = new PreparedWorkspace { Key = request.Key, Folder = folder, BaseCommit = EmptyBase.Commit, StartCommit = EmptyBase.Commit };
        if (request.Project is null && request.StartFrom.All(work => work.Bundle is null) && request.Resolution?.Commit is null)
        {
            if (request.NeedsRepository)
                GitFolder.CreateEmptyForAgent(workspace.WorkTree);
            return workspace;
        }

        var mirror = await FindBaseAsync(request, cancellationToken);
        var baseCommit = mirror?.Commit ?? EmptyBase.Commit;
        GitFolder.CreateForHost(workspace.GitDirectory, mirror?.GitDirectory);
        if (mirror?.Commit is null)
            EmptyBase.WriteTo(workspace.GitDirectory);
        GitFolder.WriteRef(workspace.GitDirectory, GitFolder.BaseRef, baseCommit);
        var start = await FindStartAsync(request, workspace.GitDirectory, baseCommit, cancellationToken);
        await CheckOutAsync(workspace, start, cancellationToken);
        if (request.NeedsRepository)
            GitFolder.CreateForAgent(workspace.WorkTree, workspace.GitDirectory, mirror?.GitDirectory, start);
        return workspace with
        {
            BaseCommit = baseCommit,
            StartCommit = start,
            StartBundle = request.StartFrom.FirstOrDefault(work => work.Commit == start)?.Bundle,
            HasGitDirectory = true,
            MirrorDirectory = mirror?.GitDirectory,
            CheckedOutAt = WorkTreeSweep.ChangeTime(workspace.GitDirectory, "index"),
        };
    }

    private async Task<(string GitDirectory, string? Commit)?> FindBaseAsync(WorkspaceRequest request, CancellationToken cancellationToken)
    {
        if (request.Project is null)
            return null;
        var wanted = request.BaseCommit == EmptyBase.Commit ? null : request.BaseCommit;
        var found = await mirrors.FindAsync(request.Project, request.BaseRef, wanted, cancellationToken);
        // The run began on an empty repository: a later push does not move its base.
        return request.BaseCommit == EmptyBase.Commit ? (found.GitDirectory, null) : found;
    }

    private async Task<string> FindStartAsync(WorkspaceRequest request, string gitDirectory, string baseCommit, CancellationToken cancellationToken)
    {
        if (request.Resolution?.Commit is not { } commit)
            return await new WorkMerge(git, artifacts, gitDirectory).RunAsync(baseCommit, request.StartFrom, request.Resolution?.TakeStepId, cancellationToken);
        if (request.Project is null)
            throw Unresolved(request, $"the commit {commit} cannot be looked up: the job has no project");
        try
        {
            var (_, found) = await mirrors.FindAsync(request.Project, null, commit, cancellationToken);
            return found!;
        }
        catch (WorkspaceException exception) when (exception is { Code: ErrorCodes.RepositoryUnavailable, IsOutage: false })
        {
            throw Unresolved(request, $"the commit {commit} was not found. Push it and resolve again ({exception.Message})");
        }
    }

    private async Task CheckOutAsync(PreparedWorkspace workspace, string start, CancellationToken cancellationToken) => await git.RunAsync(
        new GitCall("read-tree", "--reset", "-u", start) { GitDirectory = workspace.GitDirectory, WorkTree = workspace.WorkTree, Transfer = true },
        cancellationToken);

    private static WorkspaceException Unresolved(WorkspaceRequest request, string why) =>
        new(ErrorCodes.MergeConflict, $"The merge is not resolved: {why}.") { ConflictingSteps = [.. request.StartFrom.Select(work => work.StepId)] };
}
