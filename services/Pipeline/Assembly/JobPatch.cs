using System.Text;
using Orchestrator.Artifacts;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.Pipeline.Assembly;

/// <summary>The patch of a whole job: that of the one step which holds all work, or the sum of several.</summary>
internal sealed class JobPatch(IArtifactStore store, FinishedRun run)
{
    /// <summary>From the base to the step's work, everything before it included.</summary>
    public const string Cumulative = "cumulative.diff";

    private const long LargestPatch = 64 * 1024 * 1024;

    private readonly List<string> _notices = [];

    /// <summary>Writes it, and says what people must know of it.</summary>
    public async Task<(DocumentReference Patch, IReadOnlyList<string> Notices)> WriteAsync(CancellationToken cancellationToken)
    {
        var path = ArtifactPaths.JobFile(run.Accepted.Job.JobId, "patch.diff");
        var heads = run.Heads.Select(Step).Where(step => step.Report?.Files.ContainsKey(Cumulative) == true).ToList();
        NoteUnfinished();
        if (heads is [{ } head])
        {
            var file = head.Report!.Files[Cumulative];
            await store.CopyAsync(file.Path, path, cancellationToken).ConfigureAwait(false);
            return (file with { Path = path }, _notices);
        }

        var sum = await SumAsync(heads, cancellationToken).ConfigureAwait(false);
        if (sum.Notice is { } notice)
            _notices.Add(notice);
        using var whole = sum.ToStream();
        return (await store.WriteAsync(path, whole, cancellationToken).ConfigureAwait(false), _notices);
    }

    private void NoteUnfinished()
    {
        var unfinished = run.Steps
            .Where(step => step.Report is { Outcome: not StepOutcome.Succeeded, Changed: true } report && !report.IsSealed && report.Files.ContainsKey("patch.diff") && !run.Heads.Contains(step.StepId, StringComparer.Ordinal))
            .Select(step => $"steps/{step.StepId}/patch.diff")
            .ToList();
        var withheld = run.Steps.Where(step => step.Report is { IsSealed: true }).Select(step => step.StepId).ToList();
        if (withheld.Count > 0)
            _notices.Add($"Work and report of {string.Join(", ", withheld)} are withheld, since they look as if they held a secret: see the notices of the step's result.json.");
        if (unfinished.Count > 0)
            _notices.Add($"Work that was not accepted is not in the job's patch; it is kept in {string.Join(", ", unfinished)}.");
    }

    private async Task<PatchSum> SumAsync(IEnumerable<FinishedStep> steps, CancellationToken cancellationToken)
    {
        var sum = new PatchSum();
        var held = new HashSet<string>(StringComparer.Ordinal);
        foreach (var step in steps)
        {
            var before = Before(step);
            var common = before.Where(held.Contains).ToHashSet(StringComparer.Ordinal);
            common.ExceptWith(common.SelectMany(id => Before(Step(id))).ToArray());
            var shared = await SumAsync(run.Steps.Where(earlier => common.Contains(earlier.StepId)), cancellationToken).ConfigureAwait(false);
            if (await ReadAsync(step, cancellationToken).ConfigureAwait(false) is { } patch)
                sum.Add(step.StepId, patch, shared);
            held.UnionWith(before.Append(step.StepId));
        }

        return sum;
    }

    /// <summary>The steps whose work is in this one's.</summary>
    private HashSet<string> Before(FinishedStep step)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var open = new Queue<FinishedStep>([step]);
        while (open.TryDequeue(out var next))
        {
            // Of a step that was visited again only the newest work is here.
            foreach (var work in next.StartFrom)
            {
                if (run.Steps.FirstOrDefault(earlier => string.Equals(earlier.Report?.Work?.Commit, work.Commit, StringComparison.Ordinal)) is { } earlier && found.Add(earlier.StepId))
                    open.Enqueue(earlier);
            }
        }

        return found;
    }

    private async Task<string?> ReadAsync(FinishedStep step, CancellationToken cancellationToken)
    {
        if (step.Report?.Files.GetValueOrDefault(Cumulative) is not { } file)
            return "";
        var stream = await store.OpenReadAsync(file.Path, 0, cancellationToken).ConfigureAwait(false)
            ?? throw new InvalidDataException($"The patch {file.Path} is not in the artifact store.");
        using var bytes = new MemoryStream();
        await using (stream.ConfigureAwait(false))
        {
            var buffer = new byte[81920];
            int read;
            while ((read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                bytes.Write(buffer, 0, read);
                if (bytes.Length > LargestPatch)
                {
                    _notices.Add($"The patch of step {step.StepId} is over {LargestPatch} bytes and not in the job's patch; it is kept as the step's own.");
                    return null;
                }
            }
        }

        return Encoding.Latin1.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    private FinishedStep Step(string id) => run.Steps.First(step => string.Equals(step.StepId, id, StringComparison.Ordinal));
}
