namespace Orchestrator.Cli.Patches;

/// <summary>Which files a patch would write, as git reads it; none of them may be outside the checkout or in its git folder.</summary>
public static class PatchPaths
{
    public static async Task<IReadOnlyList<string>> ReadAsync(Git git, string patchFile, CancellationToken stop)
    {
        // -z: names as they are, one record per file: added, deleted, name.
        var listing = await git.ReadAsync(["apply", "--numstat", "-z", patchFile], stop);
        var paths = listing.Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(record => record.Split('\t', 3)[^1]).ToArray();
        if (paths.FirstOrDefault(IsOutside) is { } outside)
            throw new UsageException($"The patch writes to {Output.TerminalText.OneLine(outside)}, which is not a file of the checkout.", "Nothing was changed. Look at it with `orch diff`.");
        return paths;
    }

    public static bool IsOutside(string path) =>
        path.StartsWith('/') || path.Split('/').Any(part => part is ".." or "" || part.Equals(".git", StringComparison.OrdinalIgnoreCase));
}
