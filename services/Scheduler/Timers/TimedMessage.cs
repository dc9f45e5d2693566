using System.Text.Json;
using MassTransit;
using MassTransit.Scheduling;
using MassTransit.Serialization;
using Quartz;

namespace Orchestrator.Scheduler.Timers;

/// <summary>A message as it will go out: the finished envelope and where to. The token is its message id, so that sending twice is noticed.</summary>
internal sealed record TimedMessage(Guid Token, Uri Destination, string Envelope)
{
    public static TimedMessage From(ConsumeContext<ScheduleMessage> context)
    {
        var command = context.Message;
        var headers = context.Headers.GetAll().ToDictionary(header => header.Key, header => (object?)header.Value, StringComparer.OrdinalIgnoreCase);
        // Without it a saga cannot tell a timeout that it has cancelled since from the one it waits for.
        headers[MessageHeaders.SchedulingTokenId] = command.CorrelationId.ToString("D");
        var envelope = new Dictionary<string, object?>
        {
            ["messageId"] = command.CorrelationId,
            ["requestId"] = context.RequestId,
            ["correlationId"] = context.CorrelationId,
            ["conversationId"] = context.ConversationId,
            ["initiatorId"] = context.InitiatorId,
            ["sourceAddress"] = context.SourceAddress,
            ["destinationAddress"] = command.Destination,
            ["responseAddress"] = context.ResponseAddress,
            ["faultAddress"] = context.FaultAddress,
            ["messageType"] = command.PayloadType,
            ["message"] = command.Payload,
            ["headers"] = headers,
            ["sentTime"] = context.SentTime,
            ["host"] = context.Host,
        };
        return new TimedMessage(
            command.CorrelationId,
            Portable(command.Destination),
            JsonSerializer.Serialize(envelope, SystemTextJsonMessageSerializer.Options));
    }

    public static TimedMessage From(JobDataMap data) =>
        new(Guid.Parse(data.GetString("token")!), new Uri(data.GetString("destination")!), data.GetString("envelope")!);

    public JobDataMap ToJobData() => new()
    {
        ["token"] = Token.ToString("D"),
        ["destination"] = Destination.ToString(),
        ["envelope"] = Envelope,
    };

    /// <summary>
    /// A timer may outlive the address of the broker. <c>bind</c> would make the queue anew as a classic one and fail with 406.
    /// </summary>
    private static Uri Portable(Uri destination)
    {
        if (destination.Scheme is "exchange" or "queue")
            return new Uri($"exchange:{destination.AbsolutePath}");
        var query = destination.Query.Contains("bind=", StringComparison.Ordinal) ? "" : destination.Query;
        return new Uri($"exchange:{Uri.UnescapeDataString(destination.Segments[^1])}{query}");
    }
}
