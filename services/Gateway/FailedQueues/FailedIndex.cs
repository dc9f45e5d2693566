using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Orchestrator.Gateway.Jobs;
using Orchestrator.Messaging;
using Orchestrator.Messaging.Failures;
using Orchestrator.Persistence.Outbox;

namespace Orchestrator.Gateway.FailedQueues;

/// <summary>Writes down what reached a failed queue.</summary>
public sealed class FailedIndex(GatewayDbContext db, MessageOutbox<GatewayDbContext> outbox, TimeProvider clock)
{
    private const string Retried = "retry";

    private static readonly JsonSerializerOptions Stored = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>One row per failure. Only a delivery that may be a repeat is compared with what is there: two alike are two.</summary>
    public Task AddAsync(FailedMessage message, bool repeated, CancellationToken cancellationToken) => outbox.InTransactionAsync(
        async cancel =>
        {
            if (repeated && await db.FailedMessages.AnyAsync(row => row.Fingerprint == message.Fingerprint, cancel))
                return false;
            var row = Row(message, clock.GetUtcNow());
            if (row.JobId is null && message.Facts.PipelineId is { } pipeline)
                row.JobId = await JobOfAsync(pipeline, cancel);
            if (row.Queue == Queues.FailedJobs && await IsRetriedAsync(row, cancel))
                (row.State, row.DecidedBy, row.DecidedAt, row.DueAt) = (FailedState.Requeueing, Retried, row.ReceivedAt, row.ReceivedAt);
            db.FailedBodies.Add(new FailedBodyRow { Message = row, Body = message.Body[..Math.Min(message.Body.Length, FailedBodyRow.Longest)].ToArray() });
            return true;
        },
        cancellationToken);

    internal static MessageProperties PropertiesOf(FailedMessageRow row) => JsonSerializer.Deserialize<MessageProperties>(row.Properties, Stored) ?? new MessageProperties();

    /// <summary>The id under which it is sent again: its own, or one that stays the same however often it is sent.</summary>
    internal static string IdOf(FailedMessageRow row) => row.MessageId is { Length: > 0 } id
        ? id
        : new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{row.Fingerprint}:{row.Id}")).AsSpan(0, 16)).ToString();

    private async Task<string?> JobOfAsync(Guid pipeline, CancellationToken cancellationToken) =>
        await db.Jobs.Where(job => job.PipelineId == pipeline).Select(job => job.JobId).SingleOrDefaultAsync(cancellationToken)
        ?? await db.JobRuns.Where(run => run.PipelineId == pipeline).Join(db.Jobs, run => run.JobPipelineId, job => job.PipelineId, (_, job) => job.JobId).SingleOrDefaultAsync(cancellationToken);

    /// <summary>The copy of a job that went on before its copy was written down. The job's row is locked, so the two cannot miss each other.</summary>
    private async Task<bool> IsRetriedAsync(FailedMessageRow copy, CancellationToken cancellationToken)
    {
        await db.Jobs.Where(job => job.JobId == copy.JobId).ExecuteUpdateAsync(update => update.SetProperty(job => job.Version, job => job.Version + 1), cancellationToken);
        var now = await db.Jobs.AsNoTracking().Where(job => job.JobId == copy.JobId).Select(job => new { job.Run, job.Status }).SingleOrDefaultAsync(cancellationToken);
        return now is not null && (now.Run > copy.Run || now.Status != JobStatus.Failed);
    }

    private static FailedMessageRow Row(FailedMessage message, DateTimeOffset now) => new()
    {
        Fingerprint = message.Fingerprint,
        Queue = Clean(message.Queue, 255)!,
        Code = Clean(message.Code, 64)!,
        Reason = Clean(message.Reason, 1000)!,
        Exception = Clean(message.Exception, 10_000),
        MessageId = Clean(message.Properties.MessageId, 255),
        MessageType = Clean(message.Facts.MessageType, 255),
        CorrelationId = Clean(message.Properties.CorrelationId ?? message.Facts.CorrelationId, 255),
        TraceId = Clean(message.TraceId, 64),
        JobId = Clean(message.Facts.JobId, 64),
        Run = message.Facts.Run,
        Deliveries = message.Deliveries,
        ReceivedAt = now,
        Properties = JsonSerializer.Serialize(message.Properties, Stored),
        BodyBytes = message.Body.Length,
    };

    /// <summary>PostgreSQL takes no NUL and no half of a character.</summary>
    private static string? Clean(string? text, int most) => text is null
        ? null
        : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Length <= most ? text : text[..most])).Replace('\0', '\uFFFD');
}
