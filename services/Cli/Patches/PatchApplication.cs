namespace Orchestrator.Cli.Patches;

/// <summary>
/// Brings a job's patch onto a checkout by a three-way merge. The merge is tried on a copy of the index first, so that a patch that does not fit leaves the checkout as it was.
/// </summary>
public sealed class PatchApplication(string folder)
{
    public async Task<PatchPlan> PlanAsync(string patchFile, string? baseCommit, CancellationToken stop)
    {
        var top = await new Git(folder).TopAsync(stop);
        var git = new Git(top);
        var dirty = await git.ReadAsync(["status", "--porcelain", "--untracked-files=no"], stop);
        if (dirty.Length > 0)
            throw new UsageException($"The checkout has uncommitted changes:\n{dirty.TrimEnd()}", "Commit or stash them first, so that the patch can be told apart.");

        var head = (await git.ReadAsync(["rev-parse", "HEAD"], stop)).Trim();
        if (baseCommit is not null && (await git.RunAsync(["cat-file", "-e", $"{baseCommit}^{{commit}}"], stop)).ExitCode != 0)
            throw new UsageException($"The checkout does not hold {baseCommit}, the commit that the job started from.", "Is it the right repository? If so: git fetch");

        var paths = await PatchPaths.ReadAsync(git, patchFile, stop);
        var trial = await TryAsync(top, head, patchFile, stop);
        return new PatchPlan(top, head, string.Equals(head, baseCommit, StringComparison.Ordinal), paths, trial.Conflicts, trial.Refusal);
    }

    public static async Task ApplyAsync(PatchPlan plan, string patchFile, CancellationToken stop)
    {
        var result = await new Git(plan.Top).RunAsync(["apply", "--3way", "--whitespace=nowarn", patchFile], stop);
        if (result.ExitCode != 0 && plan.Conflicts.Count == 0)
            throw new UsageException($"git apply failed: {result.Error.Trim()}", "Look at the checkout: git status", ExitCodes.JobFailed);
    }

    private static async Task<(IReadOnlyList<string> Conflicts, string? Refusal)> TryAsync(string top, string head, string patchFile, CancellationToken stop)
    {
        var index = Path.Combine(Path.GetTempPath(), $"orch-index-{Guid.NewGuid():n}");
        try
        {
            var git = new Git(top) { Environment = new Dictionary<string, string?> { ["GIT_INDEX_FILE"] = index } };
            await git.ReadAsync(["read-tree", head], stop);
            var applied = await git.RunAsync(["apply", "--cached", "--3way", "--whitespace=nowarn", patchFile], stop);
            if (applied.ExitCode == 0)
                return ([], null);
            var unmerged = await git.ReadAsync(["diff", "--name-only", "--diff-filter=U", "-z", "--cached"], stop);
            var conflicts = unmerged.Split('\0', StringSplitOptions.RemoveEmptyEntries);
            return (conflicts, conflicts.Length == 0 ? applied.Error.Trim() : null);
        }
        finally
        {
            File.Delete(index);
            File.Delete(index + ".lock");
        }
    }
}

/// <summary>What applying the patch would do.</summary>
/// <param name="Top">Root of the checkout.</param>
/// <param name="Head">Its commit.</param>
/// <param name="IsBase">Whether that is the commit that the job started from.</param>
/// <param name="Paths">Files that it writes.</param>
/// <param name="Conflicts">Files that do not merge.</param>
/// <param name="Refusal">Why git does not take it at all, or null.</param>
public sealed record PatchPlan(string Top, string Head, bool IsBase, IReadOnlyList<string> Paths, IReadOnlyList<string> Conflicts, string? Refusal);
