using System.Text.Json;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Json;
using Orchestrator.Contracts.Results;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.Validation.Results;

/// <summary>Builds <c>result.json</c> of version 1.0. What version 1.0 does not know goes under <c>metrics</c> or <c>error.details</c>, never to the top.</summary>
public static class ResultDocuments
{
    private const int MaxAttempts = 50;

    /// <summary>The result of a step.</summary>
    /// <param name="job">The job.</param>
    /// <param name="finished">The report of the launch that decided the step.</param>
    /// <param name="attempts">Attempts of the last visit; held within the 1–50 of the format.</param>
    /// <param name="willRetry">Whether the failure is tried again, which version 1.0 calls <c>retryable</c>.</param>
    /// <exception cref="ArgumentException">The report is about a step that the job does not have.</exception>
    public static ResultDocument StepResult(AcceptedJob job, StepFinished finished, int attempts, bool willRetry = false)
    {
        var step = job.Job.Steps.FirstOrDefault(candidate => string.Equals(candidate.StepId, finished.Key.StepId, StringComparison.Ordinal))
            ?? throw new ArgumentException($"The job has no step {finished.Key.StepId}.", nameof(finished));
        var status = ResultStatuses.Of(finished, willRetry);
        return new ResultDocument
        {
            Kind = ResultKind.Step,
            JobId = job.Job.JobId,
            StepId = step.StepId,
            Agent = finished.Agent,
            Role = step.Role,
            Status = status,
            Attempts = Math.Clamp(attempts, 1, MaxAttempts),
            StartedAt = finished.StartedAt,
            FinishedAt = finished.FinishedAt,
            Summary = finished.Summary,
            ChangeStatus = Changed(finished.Changed),
            SecretsCheck = finished.SecretsPassed switch { true => SecretsCheck.Passed, false => SecretsCheck.Failed, null => null },
            Artifacts = Artifacts($"steps/{step.StepId}/"),
            Metrics = Metrics(finished),
            Error = Error(status, finished),
        };
    }

    /// <summary>The result of a job that is over.</summary>
    /// <param name="job">The job.</param>
    /// <param name="outcome">What the run amounts to; without <see cref="JobOutcome.ErrorCode"/> it is a success.</param>
    /// <param name="steps">Results of the steps that were visited, in the order of the job.</param>
    public static ResultDocument JobResult(AcceptedJob job, JobOutcome outcome, IReadOnlyList<ResultDocument> steps)
    {
        var status = ResultStatuses.Of(outcome);
        return new ResultDocument
        {
            Kind = ResultKind.Job,
            JobId = job.Job.JobId,
            Status = status,
            StartedAt = outcome.StartedAt,
            FinishedAt = outcome.FinishedAt,
            Summary = outcome.Summary,
            ChangeStatus = Changed(outcome.Changed),
            SecretsCheck = Worst(steps),
            Artifacts = Artifacts(""),
            Metrics = Metrics(job, outcome),
            Error = status == ResultStatus.Success
                ? null
                : new ResultError(outcome.ErrorCode ?? ErrorCodes.Internal, outcome.ErrorMessage ?? outcome.Summary, JobDetails(outcome)),
            Steps = steps,
        };
    }

    private static ChangeStatus? Changed(bool? changed) => changed switch { true => ChangeStatus.Changed, false => ChangeStatus.NoChanges, null => null };

    private static SecretsCheck? Worst(IReadOnlyList<ResultDocument> steps) =>
        steps.Any(step => step.SecretsCheck == SecretsCheck.Failed) ? SecretsCheck.Failed
        : steps.Any(step => step.SecretsCheck == SecretsCheck.Passed) ? SecretsCheck.Passed
        : null;

    private static ResultArtifacts Artifacts(string folder) =>
        new($"{folder}report.md", $"{folder}patch.diff", $"{folder}logs.txt", $"{folder}result.json");

    private static ResultError? Error(ResultStatus status, StepFinished finished)
    {
        if (status == ResultStatus.Success)
            return null;
        var details = new Dictionary<string, JsonElement>();
        if (finished.RetryAt is { } retryAt)
            details["retry_at"] = Json(retryAt);
        if (finished.ConflictingSteps.Count > 0)
            details["conflicting_steps"] = Json(finished.ConflictingSteps);
        return new ResultError(finished.ErrorCode ?? ResultStatuses.DefaultCode(finished.Outcome), finished.ErrorMessage ?? finished.Summary, details);
    }

    private static Dictionary<string, JsonElement> JobDetails(JobOutcome outcome) =>
        outcome.StepId is { } step ? new() { ["step_id"] = Json(step) } : [];

    private static Dictionary<string, JsonElement> Metrics(StepFinished finished)
    {
        var metrics = Usage(finished.Usage, finished.FinishedAt - finished.StartedAt);
        if (finished.Key.Run > 1)
            metrics["run"] = Json(finished.Key.Run);
        if (finished.Key.Visit > 1)
            metrics["visit"] = Json(finished.Key.Visit);
        if (finished.BaseCommit is { } commit)
            metrics["base_commit"] = Json(commit);
        if (finished.Notices.Count > 0)
            metrics["notices"] = Json(finished.Notices);
        return metrics;
    }

    private static Dictionary<string, JsonElement> Metrics(AcceptedJob job, JobOutcome outcome)
    {
        var metrics = Usage(outcome.Usage, outcome.FinishedAt - outcome.StartedAt);
        metrics["launches"] = Json(outcome.Launches);
        if (outcome.Reused.Count > 0 || outcome.EarlierMicroUsd > 0)
        {
            metrics["reused_steps"] = Json(outcome.Reused);
            metrics["cost_usd_all_runs"] = Json(MicroUsd.ToUsd(outcome.Usage.CostMicroUsd + outcome.EarlierMicroUsd));
        }

        if (job.Notices.Count > 0)
            metrics["notices"] = Json(job.Notices);
        return metrics;
    }

    // tokens_in is everything that was sent to the model; how much of it came from the provider's cache stands beside it.
    private static Dictionary<string, JsonElement> Usage(AgentUsage usage, TimeSpan duration)
    {
        var metrics = new Dictionary<string, JsonElement>
        {
            ["duration_ms"] = Json(Math.Max(0, (long)duration.TotalMilliseconds)),
            ["cost_usd"] = Json(MicroUsd.ToUsd(usage.CostMicroUsd)),
            ["tokens_in"] = Json(usage.InputTokens + usage.CacheReadTokens + usage.CacheWriteTokens),
            ["tokens_out"] = Json(usage.OutputTokens),
        };
        if (usage.CacheReadTokens > 0)
            metrics["cache_read_tokens"] = Json(usage.CacheReadTokens);
        if (usage.CacheWriteTokens > 0)
            metrics["cache_write_tokens"] = Json(usage.CacheWriteTokens);
        if (usage.Calls > 0)
            metrics["api_calls"] = Json(usage.Calls);
        if (usage.ReportedMicroUsd is { } reported)
            metrics["reported_cost_usd"] = Json(MicroUsd.ToUsd(reported));
        if (usage.Model is { } model)
            metrics["model"] = Json(model);
        return metrics;
    }

    private static JsonElement Json<T>(T value) => JsonSerializer.SerializeToElement(value, ContractJson.Options);
}
