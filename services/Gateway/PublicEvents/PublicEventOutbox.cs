using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Contracts.Json;
using Orchestrator.Gateway.Jobs;
using Orchestrator.Gateway.ReadModel;
using Orchestrator.Messaging;
using Orchestrator.Messaging.Failures;
using Orchestrator.Messaging.PublicExchanges;
using Orchestrator.Persistence.Outbox;
using Orchestrator.Validation.Jobs;

namespace Orchestrator.Gateway.PublicEvents;

/// <summary>
/// Events for other systems: plain JSON whose attributes of a CloudEvent stand in headers (<c>cloudEvents_id</c> …, binary mode), sent in the
/// transaction of the state. The id is derived from the fact: the same fact sent twice has one id.
/// </summary>
public sealed class PublicEventOutbox(MessageOutbox<GatewayDbContext> outbox, TimeProvider clock)
{
    public const string Source = "/orchestrator";

    public Task AcceptedAsync(JobRow job, CancellationToken cancellationToken) => SendAsync(
        PublicExchange.JobAccepted, $"job_accepted:{job.PipelineId}", job.JobId, job.AcceptedAt,
        new JsonObject
        {
            ["job_id"] = job.JobId,
            ["status"] = job.RequiresApproval ? "awaiting_approval" : "queued",
            ["project_id"] = job.ProjectId,
            ["goal"] = job.Goal,
            ["tags"] = JsonSerializer.SerializeToNode(job.Tags, ContractJson.Options),
            ["accepted_at"] = Time(job.AcceptedAt),
        }, cancellationToken);

    /// <summary>Tells whoever published a job why there is none.</summary>
    public Task RejectedAsync(Rejection rejected, IReadOnlyList<JobProblem> problems, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return SendAsync(PublicExchange.JobRejected, $"job_rejected:{rejected.Publisher}:{rejected.DeliveryId}:{rejected.BodyHash}", rejected.JobId ?? "unknown", now, new JsonObject
        {
            ["job_id"] = rejected.JobId,
            ["code"] = problems[0].Code,
            ["reasons"] = new JsonArray([.. problems.Select(problem => (JsonNode)new JsonObject
            {
                ["path"] = problem.Path,
                ["code"] = problem.Code,
                ["message"] = problem.Message,
                ["hint"] = problem.Hint,
            })]),
            ["delivery_id"] = rejected.DeliveryId,
            ["publisher"] = rejected.Publisher,
            ["rejected_at"] = Time(now),
        }, cancellationToken);
    }

    /// <summary>The same words as the event stream of HTTP.</summary>
    internal Task FactAsync(string exchange, JobRow job, JobEventRow fact, CancellationToken cancellationToken) =>
        SendAsync(exchange, $"{fact.Fact}:{job.PipelineId}", job.JobId, fact.At, JsonNode.Parse(fact.Data)!.AsObject(), cancellationToken);

    /// <summary>A copy of a failed job for <c>jobs.failed</c>, where the broker's console shows how many wait for a person.</summary>
    internal Task FailedJobAsync(JobRow job, JobEventRow fact, CancellationToken cancellationToken) => outbox.Send(
        Queues.FailedJobs,
        new PublicEvent(fact.Data, "application/json", new Dictionary<string, string>
        {
            [FailureHeaders.Code] = job.ErrorCode ?? "failed",
            [FailureHeaders.Reason] = (job.ErrorMessage ?? job.Summary ?? "The job failed.").ReplaceLineEndings(" ") is var line && line.Length > 1000 ? line[..1000] : line,
        }),
        cancellationToken);

    private Task SendAsync(string exchange, string fact, string subject, DateTimeOffset at, JsonObject data, CancellationToken cancellationToken)
    {
        var headers = new Dictionary<string, string>
        {
            ["cloudEvents_specversion"] = "1.0",
            ["cloudEvents_id"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(fact)))[..32],
            ["cloudEvents_source"] = Source,
            ["cloudEvents_type"] = exchange,
            ["cloudEvents_subject"] = subject,
            ["cloudEvents_time"] = Time(at),
        };
        return outbox.Send(exchange, new PublicEvent(data.ToJsonString(ContractJson.Options), "application/json", headers), cancellationToken);
    }

    private static string Time(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);
}

/// <summary>A message that became no job.</summary>
/// <param name="DeliveryId">Names the delivery, for its publisher.</param>
/// <param name="BodyHash">SHA-256 of the body.</param>
/// <param name="JobId">The id that the publisher gave, when it could be read.</param>
/// <param name="Publisher">The broker user, or null.</param>
public sealed record Rejection(string DeliveryId, string BodyHash, string? JobId, string? Publisher);
