using System.Text;
using Orchestrator.Artifacts;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.Execution.Workspaces;

/// <summary>Brings the work of earlier steps into a host-owned git directory and merges it, in order, without a work tree.</summary>
internal sealed class WorkMerge(Git git, IArtifactStore artifacts, string gitDirectory)
{
    // Bytes of names survive this encoding both ways, whatever they are.
    private static readonly Encoding Bytes = Encoding.Latin1;

    private readonly List<StepWork> merged = [];
    private string start = "";

    /// <summary>Merges the works onto the base and returns the commit that holds them all.</summary>
    /// <exception cref="WorkspaceException"><see cref="ErrorCodes.MergeConflict"/>, naming both sides and the files.</exception>
    public async Task<string> RunAsync(string baseCommit, IReadOnlyList<StepWork> works, string? take, CancellationToken cancellationToken)
    {
        start = baseCommit;
        foreach (var work in works.Where(work => work.Bundle is not null && work.Commit != baseCommit))
        {
            await ImportAsync(work, cancellationToken);
            if (await IsAncestorAsync(work.Commit, start, cancellationToken))
                continue;
            start = await IsAncestorAsync(start, work.Commit, cancellationToken) ? work.Commit : await MergeAsync(work, take, cancellationToken);
            merged.Add(work);
        }

        return start;
    }

    private async Task ImportAsync(StepWork work, CancellationToken cancellationToken)
    {
        var file = Path.Join(gitDirectory, "incoming.bundle");
        try
        {
            await VerifiedCopy.RunAsync(artifacts, work.Bundle!, file, cancellationToken);
            await git.RunAsync(new GitCall("bundle", "verify", "--quiet", file) { GitDirectory = gitDirectory }, cancellationToken);
            var name = $"refs/orchestrator/works/{work.StepId}";
            await git.RunAsync(
                new GitCall("fetch", "--no-tags", "--quiet", "--no-write-fetch-head", "--no-auto-maintenance", "--end-of-options", file, $"+{GitFolder.WorkRef}:{name}")
                {
                    GitDirectory = gitDirectory,
                    Transfer = true,
                },
                cancellationToken);
            var answer = await git.RunAsync(new GitCall("rev-parse", "--verify", name) { GitDirectory = gitDirectory }, cancellationToken);
            if (answer.Text != work.Commit)
                throw new WorkspaceException(ErrorCodes.GitFailed, $"The bundle of step {work.StepId} holds {answer.Text} where {work.Commit} was reported. Run the step again.");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private async Task<bool> IsAncestorAsync(string older, string newer, CancellationToken cancellationToken) =>
        older == newer
        || (await git.RunAsync(new GitCall("merge-base", "--is-ancestor", older, newer) { GitDirectory = gitDirectory, Expected = [0, 1] }, cancellationToken)).ExitCode == 0;

    private async Task<string> MergeAsync(StepWork work, string? take, CancellationToken cancellationToken)
    {
        var (tree, conflicts) = await MergeTreeAsync(start, work.Commit, cancellationToken);
        if (conflicts.Count > 0)
        {
            var winner = take == work.StepId ? work.Commit : merged.Any(earlier => earlier.StepId == take) ? start : null;
            tree = winner is null
                ? throw await ConflictAsync(work, conflicts, cancellationToken)
                : await TakeAsync(tree, winner, conflicts, cancellationToken);
        }

        var answer = await git.RunAsync(
            new GitCall("commit-tree", tree, "-p", start, "-p", work.Commit, "-m", $"Merge the work of {work.StepId}")
            {
                GitDirectory = gitDirectory,
                Environment = GitIdentity.Variables,
            },
            cancellationToken);
        return answer.Text;
    }

    private async Task<(string Tree, IReadOnlyList<string> Conflicts)> MergeTreeAsync(string ours, string theirs, CancellationToken cancellationToken)
    {
        var answer = await git.RunAsync(
            new GitCall("merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", "--allow-unrelated-histories", ours, theirs)
            {
                GitDirectory = gitDirectory,
                Expected = [0, 1],
            },
            cancellationToken);
        var parts = Bytes.GetString(answer.Output).Split('\0', StringSplitOptions.RemoveEmptyEntries);
        return (parts[0].Trim(), answer.ExitCode == 0 ? [] : parts.Skip(1).Distinct(StringComparer.Ordinal).ToArray());
    }

    private async Task<WorkspaceException> ConflictAsync(StepWork work, IReadOnlyList<string> conflicts, CancellationToken cancellationToken)
    {
        var sides = new List<string>();
        foreach (var earlier in merged)
        {
            if ((await MergeTreeAsync(earlier.Commit, work.Commit, cancellationToken)).Conflicts.Count > 0)
                sides.Add(earlier.StepId);
        }

        // Only all of them together conflict with it.
        if (sides.Count == 0)
            sides.AddRange(merged.Select(earlier => earlier.StepId));
        var files = string.Join(", ", conflicts.Take(10).Select(name => Encoding.UTF8.GetString(Bytes.GetBytes(name))));
        return new WorkspaceException(
            ErrorCodes.MergeConflict,
            $"The work of {string.Join(", ", sides)} and {work.StepId} does not merge in {files}. Both sides are kept: resolve with the step whose side to take, or with a commit that holds the merge.")
        {
            ConflictingSteps = [.. sides, work.StepId],
        };
    }

    // The files in conflict are the winner's, all others stay merged.
    private async Task<string> TakeAsync(string tree, string winner, IReadOnlyList<string> conflicts, CancellationToken cancellationToken)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["GIT_INDEX_FILE"] = Path.Join(gitDirectory, "merge-index") };
        GitCall Call(params IReadOnlyList<string> arguments) => new(arguments) { GitDirectory = gitDirectory, Environment = environment };
        var listing = await git.RunAsync(Call("ls-tree", "-r", "-z", winner), cancellationToken);
        var wanted = conflicts.ToHashSet(StringComparer.Ordinal);
        var entries = Bytes.GetString(listing.Output).Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Where(entry => IsWanted(entry[(entry.IndexOf('\t', StringComparison.Ordinal) + 1)..], wanted));
        var input = new StringBuilder();
        foreach (var name in conflicts)
            input.Append("0 ").Append('0', 40).Append('\t').Append(name).Append('\0');
        foreach (var entry in entries)
            input.Append(entry).Append('\0');
        await git.RunAsync(Call("read-tree", tree), cancellationToken);
        await git.RunAsync(Call("update-index", "-z", "--index-info") with { Input = Bytes.GetBytes(input.ToString()) }, cancellationToken);
        return (await git.RunAsync(Call("write-tree"), cancellationToken)).Text;
    }

    // Where one side has a folder and the other a file, the conflict names the file's place or one beside it.
    private static bool IsWanted(string name, HashSet<string> conflicts) =>
        conflicts.Contains(name) || conflicts.Any(conflict => name.StartsWith(conflict + "/", StringComparison.Ordinal));
}
