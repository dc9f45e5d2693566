using System.Diagnostics;
using System.Text.Json;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Json;
using Orchestrator.Contracts.Projects;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.Validation.Jobs;

/// <summary>Fills in what the sender left out and replaces what is not his to say.</summary>
internal static class JobNormalizer
{
    private const string IgnoredWorkdir = "ignored_workdir";

    public static JobDocument Normalize(
        JobReader.Asked asked, IReadOnlyList<StepDocument> steps, JobPolicy policy, JobBudget? budget, ProjectDocument? project, DoorContext door, List<string> notices, DateTimeOffset now)
    {
        var job = asked.Job;
        // The local command line makes a project of it before it submits; nobody else's says anything here.
        if (asked.HasWorkdir && job.Workdir != ".")
            notices.Add($"workdir: it counts from the local command line only; it is kept as metadata.{IgnoredWorkdir}.");
        return job with
        {
            JobId = job.JobId.Length > 0 ? job.JobId : Guid.CreateVersion7(now).ToString("N"),
            CreatedAt = asked.HasTime ? job.CreatedAt : now,
            Source = new JobSource(door.Source, Merge(job.Source.Meta, door.SourceMeta)),
            ProjectId = project?.Id,
            Workdir = ".",
            Metadata = asked.HasWorkdir
                ? Merge(job.Metadata, new Dictionary<string, JsonElement> { [IgnoredWorkdir] = JsonSerializer.SerializeToElement(job.Workdir, ContractJson.Options) })
                : job.Metadata,
            Steps = [.. steps.Select(step => step.DependsOn is null ? step : step with { DependsOn = [.. step.DependsOn.Distinct(StringComparer.Ordinal)] })],
            Policy = policy,
            Budget = budget,
            IdempotencyKey = door.IdempotencyKey ?? job.IdempotencyKey,
        };
    }

    /// <summary>The trace parent when it is one, else null.</summary>
    public static string? TraceParent(string? value) => ActivityContext.TryParse(value, null, out _) ? value : null;

    private static Dictionary<string, JsonElement> Merge(IReadOnlyDictionary<string, JsonElement>? under, IReadOnlyDictionary<string, JsonElement> over)
    {
        var merged = new Dictionary<string, JsonElement>(under ?? new Dictionary<string, JsonElement>(), StringComparer.Ordinal);
        foreach (var (key, value) in over)
            merged[key] = value;
        return merged;
    }
}
