using Orchestrator.Contracts.Steps;
using Orchestrator.Gateway.ReadModel;
using Orchestrator.Validation.Results;

namespace Orchestrator.Gateway.Jobs;

/// <summary>One run of a job.</summary>
/// <param name="Run">From 1.</param>
/// <param name="Status">Where it is or how it ended.</param>
/// <param name="From">The step that it was to run again, or null.</param>
/// <param name="Actor">Who asked for it.</param>
/// <param name="AcceptedAt">When it was asked for.</param>
/// <param name="StartedAt">When its first step was on its way.</param>
/// <param name="FinishedAt">When it was over.</param>
/// <param name="Summary">One line for people.</param>
/// <param name="Error">Why it did not succeed.</param>
/// <param name="CostUsd">What its launches cost; what it reused was paid in the run that made it.</param>
/// <param name="Launches">How many there were.</param>
internal sealed record RunView(
    int Run, JobStatus Status, string? From, string Actor, DateTimeOffset AcceptedAt, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, string? Summary, ErrorView? Error,
    decimal CostUsd, int Launches)
{
    public static IReadOnlyList<RunView> Of(JobRow job, IReadOnlyList<JobRunRow> runs, IReadOnlyList<LaunchRow> launches)
    {
        var rows = runs.OrderBy(row => row.Run).ToList();
        if (rows.Count == 0)
            rows.Add(new JobRunRow { Run = job.Run, Actor = job.Actor, AcceptedAt = job.AcceptedAt });
        rows[^1].Keep(job);
        return [.. rows.Select(row => Of(row, launches.Where(launch => launch.Run == row.Run).ToList()))];
    }

    private static RunView Of(JobRunRow row, List<LaunchRow> launches) => new(
        row.Run, row.Status!.Value, row.FromStep, row.Actor, row.AcceptedAt, row.StartedAt, row.FinishedAt, row.Summary,
        row.ErrorCode is { } code ? new ErrorView(code, row.ErrorMessage, row.ErrorStepId) : null,
        MicroUsd.ToUsd(launches.Sum(launch => launch.CostMicroUsd)), launches.Count);
}

/// <summary>One launch of a step's agent.</summary>
internal sealed record LaunchView(
    int Run, int Visit, int Attempt, StepOutcome? Outcome, string? ErrorCode, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, string? Runner, decimal CostUsd)
{
    public static LaunchView Of(LaunchRow row) =>
        new(row.Run, row.Visit, row.Attempt, row.Outcome, row.ErrorCode, row.StartedAt, row.FinishedAt, row.Runner, MicroUsd.ToUsd(row.CostMicroUsd));
}
