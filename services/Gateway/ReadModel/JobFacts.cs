using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Json;
using Orchestrator.Contracts.Steps;
using Orchestrator.Gateway.Jobs;
using Orchestrator.Validation.Results;

namespace Orchestrator.Gateway.ReadModel;

/// <summary>The words in which the event stream and the public events tell what happened to a job.</summary>
internal static class JobFacts
{
    public const string AcceptedType = "job_accepted";

    public static readonly string[] Terminal = ["job_completed", "job_failed", "job_cancelled"];

    public static JobEventRow Accepted(JobRow job) => Row(job, 1, 1, AcceptedType, AcceptedType, job.AcceptedAt, new JsonObject
    {
        ["goal"] = job.Goal,
        ["project_id"] = job.ProjectId,
    });

    public static JobEventRow Of(JobRow job, StepStarted message) => Row(job, message.Key.Run, "step_started", $"step_started:{message.Key.Token}", message.At, new JsonObject
    {
        ["step_id"] = message.Key.StepId,
        ["visit"] = message.Key.Visit,
        ["attempt"] = message.Key.Attempt,
        ["agent"] = message.Agent,
        ["role"] = Word(message.Role),
    });

    public static JobEventRow Of(JobRow job, StepFinished message) => Row(job, message.Key.Run, "step_finished", $"step_finished:{message.Key.Token}", message.FinishedAt, new JsonObject
    {
        ["step_id"] = message.Key.StepId,
        ["visit"] = message.Key.Visit,
        ["attempt"] = message.Key.Attempt,
        ["agent"] = message.Agent,
        ["role"] = Word(message.Role),
        ["outcome"] = Word(message.Outcome),
        ["summary"] = message.Summary,
        ["error_code"] = message.ErrorCode,
        ["changed"] = message.Changed,
        ["cost_usd"] = MicroUsd.ToUsd(message.Usage.CostMicroUsd),
    });

    public static JobEventRow Of(JobRow job, JobParked message) => Row(job, message.Run, "job_parked", $"job_parked:{message.StepId}:{message.At.UtcTicks}", message.At, new JsonObject
    {
        ["step_id"] = message.StepId,
        ["reason"] = Word(message.Reason),
        ["detail"] = message.Detail,
        ["wake_at"] = message.WakeAt,
    });

    public static JobEventRow Of(JobRow job, JobResumed message) => Row(job, message.Run, "job_resumed", $"job_resumed:{message.StepId}:{message.At.UtcTicks}", message.At, new JsonObject
    {
        ["step_id"] = message.StepId,
        ["actor"] = message.Actor,
    });

    public static JobEventRow Of(JobRow job, JobHalted message) => Row(job, message.Run, "job_halted", $"job_halted:{message.At.UtcTicks}", message.At, []);

    public static JobEventRow Of(JobRow job, JobQueued message) => Row(job, message.Run, "job_queued", $"job_queued:{message.Run}", message.At, new JsonObject
    {
        ["detail"] = message.Detail,
    });

    public static JobEventRow Retried(JobRow job, JobRunRow run) => Row(job, run.Run, "job_retried", $"job_retried:{run.Run}", run.AcceptedAt, new JsonObject
    {
        ["from"] = run.FromStep,
        ["actor"] = run.Actor,
        ["comment"] = run.Comment,
    });

    public static JobEventRow Started(JobRow job, int run, DateTimeOffset at) => Row(job, run, "job_started", $"job_started:{run}", at, []);

    public static JobEventRow Ended(JobRow job, int run, JobStatus status, JobOutcome outcome) =>
        Row(job, run, $"job_{status.ToString().ToLowerInvariant()}", $"job_over:{run}", outcome.FinishedAt, new JsonObject
        {
            ["status"] = Word(status),
            ["summary"] = outcome.Summary,
            ["error_code"] = outcome.ErrorCode,
            ["error_message"] = outcome.ErrorMessage,
            ["step_id"] = outcome.StepId,
            ["changed"] = outcome.Changed,
            ["launches"] = outcome.Launches,
            ["cost_usd"] = MicroUsd.ToUsd(outcome.Usage.CostMicroUsd),
            ["cost_usd_all_runs"] = MicroUsd.ToUsd(outcome.Usage.CostMicroUsd + outcome.EarlierMicroUsd),
            ["links"] = JsonSerializer.SerializeToNode(JobLinks.Of(job.JobId), ContractJson.Options),
        });

    private static JobEventRow Row(JobRow job, int run, string type, string fact, DateTimeOffset at, JsonObject details) =>
        Row(job, run, ++job.LastSequence, type, fact, at, details);

    private static JobEventRow Row(JobRow job, int run, long sequence, string type, string fact, DateTimeOffset at, JsonObject details)
    {
        var data = new JsonObject
        {
            ["sequence"] = sequence,
            ["type"] = type,
            ["at"] = at.ToUniversalTime(),
            ["job_id"] = job.JobId,
            ["run"] = run,
        };
        foreach (var (name, value) in details.ToArray())
        {
            details.Remove(name);
            data[name] = value;
        }

        return new JobEventRow { PipelineId = job.PipelineId, Sequence = sequence, Type = type, Fact = fact, At = at, Data = data.ToJsonString(ContractJson.Options) };
    }

    private static JsonNode? Word<T>(T value)
        where T : struct, Enum => JsonSerializer.SerializeToNode(value, ContractJson.Options);
}
