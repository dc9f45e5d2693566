namespace Orchestrator.Cli.Client;

/// <summary>A job as the API shows it. Status words are text, so that a newer server's word is shown and not refused.</summary>
public sealed record JobView
{
    public string JobId { get; init; } = "";

    public int Run { get; init; } = 1;

    public string Status { get; init; } = "";

    public string? Goal { get; init; }

    public string? ProjectId { get; init; }

    public DateTimeOffset? AcceptedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public ParkedView? Parked { get; init; }

    /// <summary>What a queued job waits for.</summary>
    public string? WaitsFor { get; init; }

    public IReadOnlyList<RunView>? Runs { get; init; }

    public string? Summary { get; init; }

    public bool? Changed { get; init; }

    public FailureView? Error { get; init; }

    public UsageView? Usage { get; init; }

    public IReadOnlyList<StepView>? Steps { get; init; }

    public IReadOnlyList<string>? Notices { get; init; }

    public bool IsOver => Status is "completed" or "failed" or "cancelled";

    /// <summary>Whether a branch goes on while the job shows that another one waits.</summary>
    public bool HasRunningSteps => Steps?.Any(step => step.Status is "running" or "waiting_retry") == true;
}

/// <summary>A run of it.</summary>
public sealed record RunView
{
    public int Run { get; init; }

    public string Status { get; init; } = "";

    public string? From { get; init; }

    public string? Actor { get; init; }

    public string? Summary { get; init; }

    public decimal CostUsd { get; init; }

    public int Launches { get; init; }
}

/// <summary>A step of it.</summary>
public sealed record StepView
{
    public string StepId { get; init; } = "";

    public string? Agent { get; init; }

    public string? Role { get; init; }

    public string Status { get; init; } = "";

    public int Visit { get; init; }

    public int Attempt { get; init; }

    public string? Summary { get; init; }

    public FailureView? Error { get; init; }

    public ParkedView? Parked { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public IReadOnlyList<string>? Notices { get; init; }

    public bool HasStarted => Attempt > 0 || StartedAt is not null;

    public bool IsOver => Status is "succeeded" or "failed" or "timed_out" or "cancelled";
}

/// <summary>Why it waits.</summary>
public sealed record ParkedView
{
    public string Reason { get; init; } = "";

    public string? Detail { get; init; }

    public string? StepId { get; init; }

    public DateTimeOffset? WakeAt { get; init; }

    public DateTimeOffset? Since { get; init; }

    /// <summary>Whether nothing but a person carries it on.</summary>
    public bool NeedsPerson => Reason is "approval" or "needs_human" or "merge_conflict" or "secret_in_output" or "operator";
}

/// <summary>Why it did not succeed.</summary>
public sealed record FailureView
{
    public string? Code { get; init; }

    public string? Message { get; init; }

    public string? StepId { get; init; }
}

/// <summary>What it used.</summary>
public sealed record UsageView
{
    public decimal CostUsd { get; init; }

    public long TokensIn { get; init; }

    public long TokensOut { get; init; }

    public int Launches { get; init; }
}

/// <summary>What a submission is answered with.</summary>
public sealed record SubmittedView
{
    public string JobId { get; init; } = "";

    public string? Status { get; init; }

    /// <summary>Whether it had been submitted before.</summary>
    public bool Duplicate { get; init; }

    public IReadOnlyList<string>? Notices { get; init; }
}
