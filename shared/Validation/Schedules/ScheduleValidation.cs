using System.Text.Json;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Schedules;
using Orchestrator.Validation.Jobs;
using Orchestrator.Validation.Schemas;

namespace Orchestrator.Validation.Schedules;

/// <summary>
/// Checks schedules as documents. The cron expression and the time zone are read by the scheduler; what the operator allows is decided at each start,
/// since it may have changed by then.
/// </summary>
public static class ScheduleValidation
{
    private const string Payload = "$.payload";

    /// <summary>Reads the bytes of a schedule file or body; the schedule is null when there are problems.</summary>
    public static (ScheduleDocument? Schedule, IReadOnlyList<JobProblem> Problems) Read(ReadOnlyMemory<byte> body)
    {
        var problems = new ProblemList();
        using var document = BodyParser.Parse(body, problems);
        return document is null ? (null, problems.Problems) : Read(document.RootElement);
    }

    /// <summary>Reads a schedule that is parsed already; the schedule is null when there are problems.</summary>
    public static (ScheduleDocument? Schedule, IReadOnlyList<JobProblem> Problems) Read(JsonElement body)
    {
        var problems = new ProblemList();
        BodyCheck.Check(body, problems);
        if (problems.IsEmpty && body.ValueKind == JsonValueKind.Object && body.TryGetProperty("payload", out var payload))
            ListSizes.Check(payload, Payload, ListSizes.MostItems, problems);
        if (problems.IsEmpty)
            DocumentSchema.Schedule.Check(body, problems);
        if (problems.IsEmpty)
            GraphRules.Check(body.GetProperty("payload").Deserialize<JobDocument>(DocumentJson.Options)!.Steps, $"{Payload}.steps", problems);
        return problems.IsEmpty
            ? (body.Deserialize<ScheduleDocument>(DocumentJson.Options), problems.Problems)
            : (null, problems.Problems);
    }
}
