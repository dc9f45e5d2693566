using System.Runtime.InteropServices;
using System.Text.Json;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Validation.Schemas;

namespace Orchestrator.Validation.Jobs;

/// <summary>From JSON to what the job asks for, before anybody decides about it.</summary>
internal static class JobReader
{
    private static readonly string[] NewJobFields = ["budget", "priority", "concurrency_key", "idempotency_key", "base_ref"];
    private static readonly string[] NewStepFields = ["depends_on", "max_cost_usd", "model", "approval", "verify", "require_changes"];

    /// <summary>Null when the body is no job; the problems say why.</summary>
    public static Asked? Read(JsonElement body, bool acceptsCamelCase, int maxSteps, ProblemList problems)
    {
        if (BodyParser.IsTooLarge(JsonMarshal.GetRawUtf8Value(body).Length, problems))
            return null;
        BodyCheck.Check(body, problems);
        if (!problems.IsEmpty)
            return null;
        if (!acceptsCamelCase)
            return ReadChecked(body, maxSteps, problems);
        using var renamed = SnakeCaseNames.Of(body, DocumentSchema.Job);
        BodyCheck.Check(renamed.RootElement, problems);
        return problems.IsEmpty ? ReadChecked(renamed.RootElement, maxSteps, problems) : null;
    }

    private static Asked? ReadChecked(JsonElement body, int maxSteps, ProblemList problems)
    {
        ListSizes.Check(body, JsonPath.Root, maxSteps, problems);
        if (problems.IsEmpty)
            DocumentSchema.Job.Check(body, problems);
        if (problems.IsEmpty && body.TryGetProperty("created_at", out var time) && !time.TryGetDateTimeOffset(out _))
            problems.Add("$.created_at", ProblemCodes.InvalidValue, $"{JsonPath.Shown(time.GetString()!)} is no day of the calendar, or its offset is over 14 hours.", "Send an RFC 3339 time, or leave it out.");
        if (!problems.IsEmpty)
            return null;
        return new Asked(
            body.Deserialize<JobDocument>(DocumentJson.Options)!,
            HasTime: body.TryGetProperty("created_at", out _),
            HasWorkdir: body.TryGetProperty("workdir", out _),
            UsesNewFields: UsesNewFields(body));
    }

    private static bool UsesNewFields(JsonElement body) =>
        NewJobFields.Any(field => Has(body, field))
        || (body.TryGetProperty("steps", out var steps) && steps.EnumerateArray().Any(step => NewStepFields.Any(field => Has(step, field))));

    private static bool Has(JsonElement value, string field) => value.TryGetProperty(field, out var found) && found.ValueKind != JsonValueKind.Null;

    /// <summary>What the job asks for.</summary>
    internal sealed record Asked(JobDocument Job, bool HasTime, bool HasWorkdir, bool UsesNewFields);
}
