using System.Globalization;
using System.Text;
using System.Text.Json;
using Orchestrator.Agents.Metering;
using Orchestrator.Artifacts;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Json;
using Orchestrator.Contracts.Steps;
using Orchestrator.Execution.Redaction;
using Orchestrator.Validation.Results;

namespace Orchestrator.Execution.Attempts;

/// <summary>Writes the artifacts of a launch into its own folder of the store, without secrets but for what its report is looked at for.</summary>
internal sealed class AttemptFiles(IArtifactStore artifacts, KnownSecrets secrets, SecretRules rules)
{
    /// <summary>Writes report, raw output, prompt and result; the log is closed already.</summary>
    /// <param name="job">The job; null when it could not be read, and then there is no <c>result.json</c>.</param>
    /// <param name="finished">The report, without secrets, with what was collected in <see cref="StepFinished.Files"/>.</param>
    /// <param name="agentReport">What the agent said, as <see cref="ReportText"/> has it.</param>
    /// <param name="prompt">The prompt; null when it did not come to that.</param>
    /// <param name="raw">What its processes printed; null when none ran.</param>
    /// <param name="calls">Calls of the model, for <c>raw/model_calls.jsonl</c>; null for an agent without one.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    /// <returns>The report with all files.</returns>
    public async Task<StepFinished> WriteAsync(AcceptedJob? job, StepFinished finished, string agentReport, string? prompt, Stream? raw, IReadOnlyList<ModelCall>? calls, CancellationToken cancellationToken)
    {
        var files = new Dictionary<string, DocumentReference>(finished.Files, StringComparer.Ordinal)
        {
            ["report.md"] = await WriteAsync(finished.Key, "report.md", Encoding.UTF8.GetBytes(Report(finished, agentReport)), cancellationToken),
        };
        // What an agent without a process says is all its output.
        files["raw_stdout.txt"] = raw is null
            ? files["report.md"]
            : await artifacts.WriteAsync(ArtifactPaths.AttemptFile(finished.Key, "raw_stdout.txt"), raw, cancellationToken);
        if (calls is not null)
            files["raw/model_calls.jsonl"] = await WriteAsync(finished.Key, "raw/model_calls.jsonl", [.. calls.SelectMany(Line)], cancellationToken);
        if (prompt is not null)
            files[".prompt.md"] = await WriteAsync(finished.Key, ".prompt.md", Encoding.UTF8.GetBytes(rules.Mask(secrets.Clean(prompt))), cancellationToken);
        if (!files.ContainsKey("patch.diff"))
            files["patch.diff"] = await WriteAsync(finished.Key, "patch.diff", [], cancellationToken);
        if (job is not null)
        {
            var result = ResultDocuments.StepResult(job, finished, finished.Key.Attempt);
            files["result.json"] = await WriteAsync(finished.Key, "result.json", JsonSerializer.SerializeToUtf8Bytes(result, ContractJson.Indented), cancellationToken);
        }

        return finished with { Files = files };
    }

    private static string Report(StepFinished finished, string agentReport)
    {
        var text = new StringBuilder(agentReport.Length > 0 ? agentReport : string.Create(CultureInfo.InvariantCulture, $"# {finished.Key.StepId}\n\n{finished.Summary}"));
        text.Append('\n');
        if (finished.ErrorCode is { } code)
            text.Append(CultureInfo.InvariantCulture, $"\n---\n\n`{code}`: {finished.ErrorMessage}\n");
        return text.ToString();
    }

    private byte[] Line(ModelCall call) =>
    [
        .. JsonSerializer.SerializeToUtf8Bytes(
            new Dictionary<string, object?>
            {
                ["at"] = call.At,
                ["path"] = secrets.Clean(call.Path),
                ["status"] = call.Status,
                ["model"] = call.Model is { } model ? secrets.Clean(model) : null,
                ["input_tokens"] = call.Tokens.Input,
                ["cache_read_tokens"] = call.Tokens.CacheRead,
                ["cache_write_tokens"] = call.Tokens.CacheWrite,
                ["output_tokens"] = call.Tokens.Output,
                ["cost_usd"] = call.CostMicroUsd / 1_000_000m,
                ["estimated"] = call.IsEstimated,
                ["duration_ms"] = (long)call.Duration.TotalMilliseconds,
            },
            ContractJson.Options),
        (byte)'\n',
    ];

    private async Task<DocumentReference> WriteAsync(AttemptKey key, string name, byte[] content, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream(content, writable: false);
        return await artifacts.WriteAsync(ArtifactPaths.AttemptFile(key, name), stream, cancellationToken);
    }
}
