using System.Text;
using System.Text.Json;
using Orchestrator.Artifacts;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Json;
using Orchestrator.Contracts.Steps;
using Orchestrator.Validation.Results;

namespace Orchestrator.Pipeline.Assembly;

/// <summary>Writes the artifacts of a whole job out of what its steps left in the store.</summary>
public sealed class JobAssembler(IArtifactStore store) : IJobAssembler
{
    /// <inheritdoc />
    public async Task<JobOutcome> AssembleAsync(FinishedRun run, CancellationToken cancellationToken)
    {
        var job = run.Accepted.Job;
        var reported = run.Steps.Where(step => step.Report is not null).ToList();
        await ShowAsync(job.JobId, reported.Select(step => step.Report!), cancellationToken).ConfigureAwait(false);

        var (patch, notices) = await new JobPatch(store, run).WriteAsync(cancellationToken).ConfigureAwait(false);
        var accepted = run.Accepted with { Notices = [.. run.Accepted.Notices, .. notices] };
        var files = new Dictionary<string, DocumentReference>(StringComparer.Ordinal) { ["patch.diff"] = patch };
        var results = reported.Where(step => step.Report!.Files.Count > 0 || step.Attempts > 0)
            .Select(step => ResultDocuments.StepResult(accepted, step.Report!, step.Attempts))
            .ToList();
        var result = ResultDocuments.JobResult(accepted, run.Outcome, results) with { Status = run.Status };
        files["result.json"] = await WriteAsync(job.JobId, "result.json", Json(result), cancellationToken).ConfigureAwait(false);
        files["report.md"] = await WriteAsync(job.JobId, "report.md", Encoding.UTF8.GetBytes(JobReport.Write(run, results, accepted.Notices)), cancellationToken).ConfigureAwait(false);
        files["logs.txt"] = await LogsAsync(job.JobId, reported, cancellationToken).ConfigureAwait(false);
        await WriteAsync(job.JobId, "state.json", Json(StateOf(run)), cancellationToken).ConfigureAwait(false);
        await WriteAsync(job.JobId, "context.json", Json(ContextDocument.Of(job)), cancellationToken).ConfigureAwait(false);
        return run.Outcome with { Files = files };
    }

    /// <inheritdoc />
    public async Task ShowAsync(string jobId, IEnumerable<StepFinished> reports, CancellationToken cancellationToken)
    {
        // The final names show the accepted launch, whatever a late writer left there.
        foreach (var report in reports)
        {
            foreach (var (name, file) in report.ShownFiles.Where(file => file.Key != JobPatch.Cumulative))
                await store.CopyAsync(file.Path, ArtifactPaths.StepFile(jobId, report.Key.StepId, name), cancellationToken).ConfigureAwait(false);
        }
    }

    private static byte[] Json<T>(T document) => JsonSerializer.SerializeToUtf8Bytes(document, ContractJson.Indented);

    private async Task<DocumentReference> WriteAsync(string jobId, string name, byte[] content, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream(content, writable: false);
        return await store.WriteAsync(ArtifactPaths.JobFile(jobId, name), stream, cancellationToken).ConfigureAwait(false);
    }

    private async Task<DocumentReference> LogsAsync(string jobId, IReadOnlyList<FinishedStep> steps, CancellationToken cancellationToken)
    {
        var parts = new List<Func<CancellationToken, Task<Stream?>>>();
        foreach (var step in steps)
        {
            parts.Add(_ => Task.FromResult<Stream?>(new MemoryStream(Encoding.UTF8.GetBytes($"==> {step.StepId} (attempt {step.Attempts}) <==\n"))));
            if (step.Report!.Files.GetValueOrDefault("logs.txt") is { } log)
                parts.Add(cancel => store.OpenReadAsync(log.Path, 0, cancel));
            parts.Add(_ => Task.FromResult<Stream?>(new MemoryStream("\n"u8.ToArray())));
        }

        var whole = new ConcatenatedStream(parts);
        await using (whole.ConfigureAwait(false))
            return await store.WriteAsync(ArtifactPaths.JobFile(jobId, "logs.txt"), whole, cancellationToken).ConfigureAwait(false);
    }

    /// <summary><c>state.json</c> as version 1.0 writes it.</summary>
    private static Dictionary<string, object?> StateOf(FinishedRun run) => new()
    {
        ["job_id"] = run.Accepted.Job.JobId,
        ["status"] = run.Status,
        ["started_at"] = run.Outcome.StartedAt,
        ["finished_at"] = run.Outcome.FinishedAt,
        ["current_step"] = null,
        ["steps"] = run.Steps.Where(step => step.Report is not null).ToDictionary(step => step.StepId, step => (object)new Dictionary<string, object?>
        {
            ["status"] = ResultStatuses.Of(step.Report!, willRetry: false),
            ["attempt"] = step.Attempts,
            ["agent"] = step.Report!.Agent,
            ["role"] = run.Accepted.Job.Steps.First(document => string.Equals(document.StepId, step.StepId, StringComparison.Ordinal)).Role,
            ["started_at"] = step.Report.StartedAt,
            ["finished_at"] = step.Report.FinishedAt,
            ["summary"] = step.Report.Summary,
        }),
    };
}
