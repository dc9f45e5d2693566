using System.Text.Json.Serialization;
using Orchestrator.Contracts.Results;

namespace Orchestrator.Contracts.Jobs;

/// <summary>Answer of <c>GET /jobs/{id}</c> in the shape of the replaced system.</summary>
public sealed record JobStatusDocument
{
    /// <summary>The job.</summary>
    public string JobId { get; init; } = "";

    /// <summary>Status of version 1.0; also <c>queued</c> and <c>awaiting_approval</c> before the first step.</summary>
    public string Status { get; init; } = "";

    /// <summary>Where the job is on its way: <c>queued</c>, <c>awaiting_approval</c>, <c>running</c>, <c>done</c>.</summary>
    public string QueueState { get; init; } = "";

    /// <summary>What <c>state.json</c> holds; null before the job started.</summary>
    public JobStateDocument? State { get; init; }

    /// <summary>The job's result; null until it is over.</summary>
    public ResultDocument? Result { get; init; }
}

/// <summary><c>state.json</c> of a job.</summary>
public sealed record JobStateDocument
{
    /// <summary>The job.</summary>
    public string JobId { get; init; } = "";

    /// <summary>Status of version 1.0.</summary>
    public ResultStatus Status { get; init; }

    /// <summary>When it started; null before.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it was over; null before.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>The step that is on its way; null when none is.</summary>
    public string? CurrentStep { get; init; }

    /// <summary>Why the job waits although its status says <c>running</c> or <c>needs_human</c>; absent when it does not wait.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ParkReason? Reason { get; init; }

    /// <summary>The steps that were started, by id, in the order of their start.</summary>
    public IReadOnlyDictionary<string, StepStateDocument> Steps { get; init; } = new Dictionary<string, StepStateDocument>();
}

/// <summary>A step in <c>state.json</c>.</summary>
public sealed record StepStateDocument
{
    /// <summary>Status of version 1.0.</summary>
    public ResultStatus Status { get; init; }

    /// <summary>Attempt of the last visit, from 1.</summary>
    public int Attempt { get; init; }

    /// <summary>The agent.</summary>
    public string Agent { get; init; } = "";

    /// <summary>The role as the job names it.</summary>
    public string Role { get; init; } = "";

    /// <summary>When the attempt started.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it was over; absent while it runs.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>One line for people; absent while it runs.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Summary { get; init; }
}
