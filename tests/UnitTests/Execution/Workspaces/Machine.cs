using Microsoft.Extensions.Options;
using Orchestrator.Artifacts;
using Orchestrator.Artifacts.Directory;
using Orchestrator.Contracts.Projects;
using Orchestrator.Contracts.Steps;
using Orchestrator.Execution;
using Orchestrator.Execution.Workspaces;

namespace Orchestrator.UnitTests.Execution.Workspaces;

/// <summary>A runner's machine: a work directory of its own; artifacts are shared by those of one test.</summary>
internal sealed class Machine
{
    private long tokens;

    public Machine(TempFolder folder, string name = "m1", Action<GitOptions>? git = null, Action<ExecutionOptions>? execution = null)
    {
        Work = folder.Join(name);
        Store = new DirectoryArtifactStore(folder.Join("artifacts"));
        var gitOptions = new GitOptions();
        git?.Invoke(gitOptions);
        var options = new ExecutionOptions { WorkDirectory = Work };
        execution?.Invoke(options);
        Git = new Git(Options.Create(gitOptions), TimeProvider.System);
        Workspaces = new LaunchWorkspaces(Git, Store, Options.Create(options), new SecretsFolder(folder.Join("secrets")), TimeProvider.System);
    }

    public string Work { get; }

    public IArtifactStore Store { get; }

    public Git Git { get; }

    public LaunchWorkspaces Workspaces { get; }

    public Task<PreparedWorkspace> PrepareAsync(SourceRepository? source, string stepId, Func<WorkspaceRequest, WorkspaceRequest>? change = null)
    {
        var request = new WorkspaceRequest
        {
            Key = new AttemptKey(Guid.NewGuid(), "job-0001", 1, stepId, 1, 1, Interlocked.Increment(ref tokens) + (Work.GetHashCode(StringComparison.Ordinal) & 0xffff) * 1000L),
            Project = source is null ? null : new ProjectDocument { Id = "sample", RepoUrl = source.Path },
        };
        return Workspaces.PrepareAsync(change is null ? request : change(request), TestContext.Current.CancellationToken);
    }

    public Task<CollectedWork> CollectAsync(PreparedWorkspace workspace) =>
        Workspaces.CollectAsync(workspace, Store, TestContext.Current.CancellationToken);

    /// <summary>One whole launch that changes files.</summary>
    public async Task<(CollectedWork Work, string BaseCommit)> LaunchAsync(SourceRepository? source, string stepId, Action<string> agent, Func<WorkspaceRequest, WorkspaceRequest>? change = null)
    {
        var workspace = await PrepareAsync(source, stepId, change);
        try
        {
            agent(workspace.WorkTree);
            return (await CollectAsync(workspace), workspace.BaseCommit);
        }
        finally
        {
            LaunchWorkspaces.Remove(workspace);
        }
    }

    public async Task<byte[]> ReadAsync(DocumentReference file)
    {
        await using var stream = await Store.OpenReadAsync(file.Path, 0, TestContext.Current.CancellationToken);
        using var bytes = new MemoryStream();
        await stream!.CopyToAsync(bytes);
        return bytes.ToArray();
    }
}
