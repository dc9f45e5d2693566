using System.Buffers;
using Orchestrator.Contracts.Projects;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.Execution.Workspaces;

/// <summary>What is asked of one mirror while its lock is held.</summary>
internal sealed class MirrorCall(Git git, string folder, RepositoryUrl url, ProjectDocument project, string secretsFolder, string privateFolder)
{
    private const string UpstreamHead = "refs/orchestrator/upstream-head";
    private const string ByName = "refs/orchestrator/by-name";

    private static readonly SearchValues<char> NotInRefs = SearchValues.Create(" ~^:?*[\\+");

    /// <summary>The full id of a commit that is here; null when it is not.</summary>
    public Task<string?> FindHereAsync(string commit, CancellationToken cancellationToken) => ResolveAsync(commit, cancellationToken);

    /// <summary>Fetches branches, tags and what HEAD names; makes the mirror when it is new.</summary>
    public async Task FetchAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(Path.Join(folder, "HEAD")))
            GitFolder.CreateMirror(folder);
        RemoveLeftovers();
        string[] all = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"];
        var answer = await TransferAsync([0, 128], cancellationToken, ["--prune", .. all, $"+HEAD:{UpstreamHead}"]);
        if (answer.ExitCode == 0)
            return;
        // A repository without commits has no HEAD to fetch; anything else fails again and says why.
        await TransferAsync([0], cancellationToken, ["--prune", .. all]);
    }

    /// <summary>Finds a commit by id, fetching it by itself when no branch or tag leads to it.</summary>
    public async Task<string> FindCommitAsync(string commit, CancellationToken cancellationToken)
    {
        if (await ResolveAsync(commit, cancellationToken) is { } found)
            return found;
        if (IsFullId(commit) && await FetchByNameAsync(commit, cancellationToken) is { } fetched)
            return fetched;
        throw Missing($"no commit {commit}");
    }

    /// <summary>Finds what a branch, tag, full ref or commit id names; null for an empty repository whose ref was not named by the job.</summary>
    public async Task<string?> FindReferenceAsync(string? reference, CancellationToken cancellationToken)
    {
        if (reference is null)
            return await ResolveAsync(UpstreamHead, cancellationToken) ?? (await IsEmptyAsync(cancellationToken) ? null : throw Missing("no HEAD that names a branch; set default_branch"));
        if (!IsSafe(reference))
            throw Missing($"no ref '{reference}', which is no name of a ref");
        foreach (var candidate in new[] { $"refs/heads/{reference}", $"refs/tags/{reference}", reference })
        {
            if ((candidate != reference || reference.StartsWith("refs/", StringComparison.Ordinal) || IsHex(reference))
                && await ResolveAsync(candidate, cancellationToken) is { } commit)
                return commit;
        }

        if (reference == "HEAD" && await ResolveAsync(UpstreamHead, cancellationToken) is { } head)
            return head;
        if ((reference.StartsWith("refs/", StringComparison.Ordinal) || IsFullId(reference)) && await FetchByNameAsync(reference, cancellationToken) is { } fetched)
            return fetched;
        return string.Equals(reference, project.DefaultBranch, StringComparison.Ordinal) && await IsEmptyAsync(cancellationToken)
            ? null
            : throw Missing($"no branch, tag or commit '{reference}'");
    }

    /// <summary>Joins packs when there are many; nothing that is not reachable any more is dropped.</summary>
    public async Task RepackAsync(int limit, CancellationToken cancellationToken)
    {
        if (Directory.GetFiles(Path.Join(folder, "objects", "pack"), "*.pack").Length > limit)
            await git.RunAsync(new GitCall("repack", "-a", "-d", "-k", "-q") { GitDirectory = folder, Transfer = true }, cancellationToken);
    }

    private async Task<string?> ResolveAsync(string name, CancellationToken cancellationToken)
    {
        var answer = await git.RunAsync(
            new GitCall("rev-parse", "--verify", "--quiet", "--end-of-options", $"{name}^{{commit}}") { GitDirectory = folder, Expected = [0, 1, 128] },
            cancellationToken);
        return answer.ExitCode == 0 ? answer.Text : null;
    }

    private async Task<string?> FetchByNameAsync(string name, CancellationToken cancellationToken)
    {
        var answer = await TransferAsync([0, 1, 128], cancellationToken, [$"+{name}:{ByName}"]);
        if (answer.ExitCode != 0 && (GitOutage.IsOfServer(answer.Error) || GitOutage.IsOfAddress(answer.Error)))
            throw new WorkspaceException(ErrorCodes.GitFailed, answer.Error);
        return answer.ExitCode == 0 ? await ResolveAsync(ByName, cancellationToken) : null;
    }

    private async Task<bool> IsEmptyAsync(CancellationToken cancellationToken) =>
        (await git.RunAsync(new GitCall("for-each-ref", "--count=1", "refs/heads", "refs/tags") { GitDirectory = folder }, cancellationToken)).Output.Length == 0;

    private async Task<GitAnswer> TransferAsync(IReadOnlyList<int> expected, CancellationToken cancellationToken, params IReadOnlyList<string> arguments)
    {
        using var credentials = RepositoryCredentials.Open(project, url, secretsFolder, privateFolder);
        var environment = new Dictionary<string, string>(credentials.Environment, StringComparer.Ordinal);
        if (url.Transport == RepositoryTransport.File)
            environment["GIT_CONFIG_GLOBAL"] = WriteTrust();
        // Options first: what follows the URL is refs.
        var refs = arguments.Where(argument => argument[0] != '-');
        var flags = arguments.Where(argument => argument[0] == '-');
        return await git.RunAsync(
            new GitCall(["fetch", "--no-tags", "--no-auto-maintenance", "--quiet", "--no-recurse-submodules", "--no-write-fetch-head", .. flags, "--end-of-options", url.Url, .. refs])
            {
                GitDirectory = folder,
                Transfer = true,
                Environment = environment,
                Configuration = credentials.Configuration,
                Expected = expected,
            },
            cancellationToken);
    }

    // The source belongs to whoever the operator says; git asks for that in writing when it is another user. The other end of a file transport reads files only.
    private string WriteTrust()
    {
        var path = url.Url["file://".Length..].Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        var file = $"{folder}.trust";
        File.WriteAllText(file, $"[safe]\n\tdirectory = \"{path}\"\n\tdirectory = \"{path}/.git\"\n[uploadpack]\n\tallowAnySHA1InWant = true\n");
        return file;
    }

    // A git that was killed leaves its lock files, and ours is the only one that may be here.
    private void RemoveLeftovers()
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*.lock").Concat(Directory.EnumerateFiles(Path.Join(folder, "refs"), "*.lock", SearchOption.AllDirectories)))
            File.Delete(file);
        foreach (var file in Directory.EnumerateFiles(Path.Join(folder, "objects", "pack"), "tmp_*"))
            File.Delete(file);
    }

    private WorkspaceException Missing(string what) =>
        new(ErrorCodes.RepositoryUnavailable, $"The repository of project {project.Id} has {what}. Correct base_ref, or push what it should name.");

    private static bool IsFullId(string text) => text.Length is 40 or 64 && IsHex(text);

    private static bool IsHex(string text) => text.Length >= 7 && text.All(char.IsAsciiHexDigit);

    // git check-ref-format, as far as it matters to a refspec or revision.
    private static bool IsSafe(string reference) =>
        reference.Length is > 0 and <= 1024 && reference[0] is not ('-' or '/' or '.') && !reference.EndsWith('/')
        && !reference.Contains("..", StringComparison.Ordinal) && !reference.Contains("@{", StringComparison.Ordinal)
        && reference.AsSpan().IndexOfAny(NotInRefs) < 0 && !reference.Any(char.IsControl);
}
