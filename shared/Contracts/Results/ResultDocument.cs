using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestrator.Contracts.Results;

/// <summary><c>result.json</c> of a step or a job, version 1.0; closed. What we add goes under <see cref="Metrics"/> or <see cref="ResultError.Details"/>.</summary>
public sealed record ResultDocument
{
    /// <summary>Always <c>"1.0"</c>.</summary>
    public string SchemaVersion { get; init; } = "1.0";

    /// <summary><c>step</c> or <c>job</c>.</summary>
    public ResultKind Kind { get; init; }

    /// <summary>The job.</summary>
    public string JobId { get; init; } = "";

    /// <summary>Kind step only.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? StepId { get; init; }

    /// <summary>Kind step only.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Agent { get; init; }

    /// <summary>Kind step only: the role as the job names it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Role { get; init; }

    /// <summary>How it ended.</summary>
    public ResultStatus Status { get; init; }

    /// <summary>Attempts of the last visit, 1–50.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Attempts { get; init; }

    /// <summary>When it started.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When it was over.</summary>
    public DateTimeOffset FinishedAt { get; init; }

    /// <summary>One line for people.</summary>
    public string Summary { get; init; } = "";

    /// <summary><c>changed</c>, <c>no_changes</c> or null.</summary>
    public ChangeStatus? ChangeStatus { get; init; }

    /// <summary><c>passed</c>, <c>failed</c> or null.</summary>
    public SecretsCheck? SecretsCheck { get; init; }

    /// <summary>Where the four artifacts are, relative to the job's artifact root.</summary>
    public ResultArtifacts Artifacts { get; init; } = new("", "", "", "");

    /// <summary>Open: <c>duration_ms</c>, <c>cost_usd</c>, <c>tokens_in</c>, <c>tokens_out</c> and what we add.</summary>
    public IReadOnlyDictionary<string, JsonElement> Metrics { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>Null on success.</summary>
    public ResultError? Error { get; init; }

    /// <summary>Kind job only: the steps' results.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ResultDocument>? Steps { get; init; }
}

/// <summary>Which result it is.</summary>
public enum ResultKind
{
    /// <summary>Of a step.</summary>
    Step,

    /// <summary>Of a job.</summary>
    Job,
}

/// <summary>Status words of version 1.0.</summary>
public enum ResultStatus
{
    /// <summary>Done.</summary>
    Success,

    /// <summary>Not done.</summary>
    Failed,

    /// <summary>May be tried again.</summary>
    Retryable,

    /// <summary>Over the time limit.</summary>
    Timeout,

    /// <summary>Ended on request.</summary>
    Cancelled,

    /// <summary>Waits for a person.</summary>
    NeedsHuman,

    /// <summary>On its way.</summary>
    Running,
}

/// <summary>Whether the work tree changed.</summary>
public enum ChangeStatus
{
    /// <summary>It did.</summary>
    Changed,

    /// <summary>It did not.</summary>
    NoChanges,
}

/// <summary>Verdict of the scan for secrets.</summary>
public enum SecretsCheck
{
    /// <summary>None found.</summary>
    Passed,

    /// <summary>At least one found.</summary>
    Failed,
}

/// <summary>Relative paths of the four artifacts.</summary>
/// <param name="ReportMd">The report.</param>
/// <param name="PatchDiff">The patch.</param>
/// <param name="LogsTxt">The log.</param>
/// <param name="ResultJson">This document.</param>
public sealed record ResultArtifacts(string ReportMd, string PatchDiff, string LogsTxt, string ResultJson);

/// <summary>Why it did not succeed.</summary>
/// <param name="Code">Named code.</param>
/// <param name="Message">What happened and the remedy.</param>
/// <param name="Details">Open.</param>
public sealed record ResultError(string Code, string Message, IReadOnlyDictionary<string, JsonElement>? Details);
