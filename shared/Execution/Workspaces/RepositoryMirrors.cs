using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Orchestrator.Contracts.Projects;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.Execution.Workspaces;

/// <summary>
/// One bare copy per project and URL on this machine, fetched on demand. It gets its objects through the transport, so it shares no file with the source, and
/// its objects are never taken away again: workspaces borrow them.
/// </summary>
internal sealed class RepositoryMirrors(Git git, IOptions<ExecutionOptions> options, SecretsFolder secrets, TimeProvider time)
{
    private const int PacksBeforeRepack = 40;

    private readonly ConcurrentDictionary<string, Mirror> mirrors = new(StringComparer.Ordinal);

    /// <summary>Finds the commit to start from: the one that is asked for by id, else what <paramref name="reference"/> names now.</summary>
    /// <returns>The mirror's git directory and the commit; null for a repository without any commit.</returns>
    /// <exception cref="WorkspaceException"><see cref="ErrorCodes.RepositoryUnavailable"/> when repository or ref cannot be had.</exception>
    public async Task<(string GitDirectory, string? Commit)> FindAsync(ProjectDocument project, string? reference, string? commit, CancellationToken cancellationToken)
    {
        var asked = time.GetTimestamp();
        var url = RepositoryUrl.Parse(project.Id, project.RepoUrl);
        var mirror = mirrors.GetOrAdd(Key(project.Id, url), key => new Mirror(Path.Join(options.Value.WorkDirectory, "mirrors", $"{key}.git")));
        // Taking turns here first: the file lock below has no queue.
        await mirror.Turn.WaitAsync(cancellationToken);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(mirror.Folder)!);
            using var held = await FolderLock.TakeAsync($"{mirror.Folder}.lock", time, cancellationToken);
            var call = new MirrorCall(git, mirror.Folder, url, project, secrets.Path, Path.GetDirectoryName(mirror.Folder)!);
            if (commit is not null && File.Exists(Path.Join(mirror.Folder, "HEAD")) && await call.FindHereAsync(commit, cancellationToken) is { } here)
                return (mirror.Folder, here);
            // A fetch that began after this was asked is as fresh as one of its own.
            if (mirror.FetchStarted is not { } fetched || fetched < asked)
            {
                var started = time.GetTimestamp();
                await call.FetchAsync(cancellationToken);
                mirror.FetchStarted = started;
                await call.RepackAsync(PacksBeforeRepack, cancellationToken);
            }

            var found = commit is not null
                ? await call.FindCommitAsync(commit, cancellationToken)
                : await call.FindReferenceAsync(reference ?? project.DefaultBranch, cancellationToken);
            return (mirror.Folder, found);
        }
        catch (WorkspaceException exception) when (exception.Code == ErrorCodes.GitFailed)
        {
            throw new WorkspaceException(
                ErrorCodes.RepositoryUnavailable,
                $"The repository of project {project.Id} cannot be read: {exception.Message}. Check repo_url, credential and network of the runner.",
                exception)
            {
                // An address that never answered may be a wrong one: then it is better told than waited for.
                IsOutage = GitOutage.IsOfServer(exception.Message) || (GitOutage.IsOfAddress(exception.Message) && mirror.HasObjects),
            };
        }
        finally
        {
            mirror.Turn.Release();
        }
    }

    private static string Key(string projectId, RepositoryUrl url) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{projectId}\n{url.Url}")))[..24];

    private sealed class Mirror(string folder)
    {
        public string Folder { get; } = folder;

        public bool HasObjects => Directory.Exists(Path.Join(Folder, "objects", "pack")) && Directory.EnumerateFiles(Path.Join(Folder, "objects", "pack"), "*.pack").Any();

        public SemaphoreSlim Turn { get; } = new(1, 1);

        public long? FetchStarted { get; set; }
    }
}
