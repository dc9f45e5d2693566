using System.Text.Json.Serialization;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Gateway.Callbacks;
using Orchestrator.Gateway.ReadModel;

namespace Orchestrator.Gateway.Jobs;

/// <summary>A job as <c>/v1/jobs</c> shows it.</summary>
internal sealed record JobView
{
    public required string JobId { get; init; }

    public required int Run { get; init; }

    public required JobStatus Status { get; init; }

    public required string Goal { get; init; }

    public string? ProjectId { get; init; }

    public required IReadOnlyList<string> Tags { get; init; }

    public required JobPriority Priority { get; init; }

    public required JobSourceType Source { get; init; }

    public required string Actor { get; init; }

    public required DateTimeOffset AcceptedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public bool CancelRequested { get; init; }

    public ParkedView? Parked { get; init; }

    /// <summary>What a queued job waits for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? WaitsFor { get; init; }

    public string? Summary { get; init; }

    public bool? Changed { get; init; }

    public ErrorView? Error { get; init; }

    /// <summary>Sum over every launch of every run.</summary>
    public required UsageView Usage { get; init; }

    /// <summary>Every run, from the first. Absent in lists.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<RunView>? Runs { get; init; }

    /// <summary>Absent in lists.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<StepView>? Steps { get; init; }

    public required IReadOnlyList<string> Notices { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CallbackView? Callback { get; init; }

    public required IReadOnlyDictionary<string, string> Links { get; init; }

    public static JobView Of(
        JobRow job, IReadOnlyList<JobStepRow>? steps = null, CallbackRow? callback = null, IReadOnlyList<JobRunRow>? runs = null, IReadOnlyList<LaunchRow>? launches = null) => new()
        {
            JobId = job.JobId,
            Run = job.Run,
            Status = job.Status,
            Goal = job.Goal,
            ProjectId = job.ProjectId,
            Tags = job.Tags,
            Priority = job.Priority,
            Source = job.Source,
            Actor = job.Actor,
            AcceptedAt = job.AcceptedAt,
            StartedAt = job.StartedAt,
            FinishedAt = job.FinishedAt,
            CancelRequested = job.CancelRequested,
            Parked = job.ParkReason is { } reason ? new ParkedView(reason, job.ParkDetail ?? "", job.ParkedStepId, job.WakeAt, job.ParkedAt) : null,
            WaitsFor = job.Status == JobStatus.Queued ? job.QueueDetail ?? "A free runner of its first step." : null,
            Summary = job.Summary,
            Changed = job.Changed,
            Error = job.ErrorCode is { } code ? new ErrorView(code, job.ErrorMessage, job.ErrorStepId) : null,
            Usage = UsageView.Of(job.Usage, job.Launches),
            Runs = runs is null ? null : RunView.Of(job, runs, launches ?? []),
            Steps = steps is null ? null : [.. steps.OrderBy(step => step.Position).Select(step => StepView.Of(job.JobId, step, launches ?? []))],
            Notices = job.Notices,
            Callback = callback is null ? null : CallbackView.Of(callback),
            Links = JobLinks.Of(job.JobId),
        };
}

internal sealed record StepView
{
    public required string StepId { get; init; }

    public required string Role { get; init; }

    public required string Agent { get; init; }

    public string? Model { get; init; }

    public required StepStatus Status { get; init; }

    public required int Visit { get; init; }

    public required int Attempt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public string? Summary { get; init; }

    public bool? Changed { get; init; }

    public ErrorView? Error { get; init; }

    public ParkedView? Parked { get; init; }

    public required UsageView Usage { get; init; }

    public required IReadOnlyList<string> Notices { get; init; }

    public required IReadOnlyDictionary<string, string> Links { get; init; }

    /// <summary>Every launch of the step in every run and visit, in order.</summary>
    public required IReadOnlyList<LaunchView> Attempts { get; init; }

    public static StepView Of(string jobId, JobStepRow step, IReadOnlyList<LaunchRow> launches) => new()
    {
        StepId = step.StepId,
        Role = step.Role,
        Agent = step.Agent,
        Model = step.Model,
        Status = step.Status,
        Visit = step.Visit,
        Attempt = step.Attempt,
        StartedAt = step.StartedAt,
        FinishedAt = step.FinishedAt,
        Summary = step.Summary,
        Changed = step.Changed,
        Error = step.ErrorCode is { } code ? new ErrorView(code, step.ErrorMessage, step.StepId) : null,
        Parked = step.ParkReason is { } reason ? new ParkedView(reason, step.ParkDetail ?? "", step.StepId, step.WakeAt, step.ParkedAt) : null,
        Usage = UsageView.Of(step.Usage, step.Launches),
        Notices = step.Notices,
        Attempts = [.. launches.Where(launch => launch.StepId == step.StepId).OrderBy(launch => launch.Token).Select(LaunchView.Of)],
        Links = new Dictionary<string, string> { ["logs"] = JobLinks.Logs(jobId, step.StepId) },
    };
}

internal sealed record ParkedView(ParkReason Reason, string Detail, string? StepId, DateTimeOffset? WakeAt, DateTimeOffset? Since);

internal sealed record ErrorView(string Code, string? Message, string? StepId);

internal sealed record UsageView(
    decimal CostUsd, long CostMicroUsd, long TokensIn, long TokensOut, long CacheReadTokens, long CacheWriteTokens, int Calls, int Launches)
{
    /// <summary><c>tokens_in</c> is everything that was sent to the model, as in <c>result.json</c>.</summary>
    public static UsageView Of(UsageSums usage, int launches) => new(
        Validation.Results.MicroUsd.ToUsd(usage.CostMicroUsd), usage.CostMicroUsd,
        usage.InputTokens + usage.CacheReadTokens + usage.CacheWriteTokens, usage.OutputTokens,
        usage.CacheReadTokens, usage.CacheWriteTokens, usage.Calls, launches);
}

internal sealed record CallbackView(CallbackStatus Status, int Attempts, DateTimeOffset? NextAt, DateTimeOffset? DeliveredAt, string? LastError)
{
    public static CallbackView Of(CallbackRow row) =>
        new(row.Status, row.Attempts, row.Status == CallbackStatus.Pending ? row.DueAt : null, row.DeliveredAt, row.LastError);
}

internal sealed record SubmittedView(string JobId, JobStatus Status, bool Duplicate, IReadOnlyList<string> Notices, IReadOnlyDictionary<string, string> Links)
{
    public static SubmittedView Of(JobRow job, bool duplicate) => new(job.JobId, job.Status, duplicate, job.Notices, JobLinks.Of(job.JobId));
}
