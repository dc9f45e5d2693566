using Orchestrator.Cli.Output;
using Orchestrator.Cli.Patches;

namespace Orchestrator.Cli.Commands;

/// <summary>The project that stands for a repository which <c>--repo</c> names.</summary>
public static class RepositoryProject
{
    public static async Task<string> FindAsync(Session session, string repository, CancellationToken stop) =>
        (await session.Server.ProjectOfAsync(await AddressAsync(session.Terminal, repository, stop), stop)).Value.Id;

    /// <summary>Whether a folder is there and in a git work tree.</summary>
    public static async Task<bool> IsRepositoryAsync(string folder, CancellationToken stop) =>
        Directory.Exists(folder) && (await new Git(folder).RunAsync(["rev-parse", "--show-toplevel"], stop)).ExitCode == 0;

    private static async Task<string> AddressAsync(Terminal terminal, string repository, CancellationToken stop)
    {
        // user@host:path is ssh's own form; anything else without a scheme is a folder.
        if (repository.Contains("://", StringComparison.Ordinal) || (repository.Contains(':', StringComparison.Ordinal) && repository.Contains('@', StringComparison.Ordinal)))
            return repository;
        var folder = Path.GetFullPath(repository, terminal.Folder);
        if (!Directory.Exists(folder))
            throw new UsageException($"There is no folder {folder}.", "--repo takes a folder with a git repository, or a URL.");
        var git = new Git(folder);
        var top = await git.TopAsync(stop);
        if ((await git.RunAsync(["status", "--porcelain", "--untracked-files=no"], stop)).Output.Length > 0)
            terminal.Note("note: uncommitted changes are not part of the job; it starts from what is committed.");
        return new Uri(top).AbsoluteUri;
    }
}
