using MassTransit;
using Microsoft.EntityFrameworkCore;
using Orchestrator.Artifacts;
using Orchestrator.Contracts.Jobs;

namespace Orchestrator.Pipeline.Saga;

/// <summary>The run before a retry: read, and its artifacts put aside as <c>runs/&lt;n&gt;/…</c> before the new run writes its own over them.</summary>
public sealed class EarlierRuns(IArtifactStore store)
{
    private static readonly string[] JobFiles = ["result.json", "report.md", "patch.diff", "logs.txt", "state.json"];

    /// <summary>Takes the run before the one that begins. Repeating it is harmless: the files are the same until the new run is over.</summary>
    /// <exception cref="InvalidOperationException">There is none, or it is not over.</exception>
    public async Task<PipelineState> TakeAsync(BehaviorContext<PipelineState, StartPipeline> context)
    {
        var (jobId, before) = (context.Message.JobId, context.Message.Run - 1);
        var earlier = await context.GetPayload<PipelineDbContext>().Set<PipelineState>().AsNoTracking()
            .SingleOrDefaultAsync(run => run.JobId == jobId && run.Run == before, context.CancellationToken).ConfigureAwait(false);
        if (earlier?.FinishedAt is null)
            throw new InvalidOperationException($"Run {before} of job {jobId} is not over, so no run can follow it.");
        foreach (var name in JobFiles)
            await KeepAsync(ArtifactPaths.JobFile(jobId, name), name).ConfigureAwait(false);
        foreach (var step in earlier.Progress.Steps.Where(step => step.Report is not null))
        {
            foreach (var (name, file) in step.Report!.ShownFiles)
                await KeepAsync(file.Path, $"steps/{step.Id}/{name}").ConfigureAwait(false);
        }

        return earlier;

        async Task KeepAsync(string from, string name)
        {
            if (await store.LengthAsync(from, context.CancellationToken).ConfigureAwait(false) is not null)
                await store.CopyAsync(from, ArtifactPaths.JobFile(jobId, $"runs/{before}/{name}"), context.CancellationToken).ConfigureAwait(false);
        }
    }
}
