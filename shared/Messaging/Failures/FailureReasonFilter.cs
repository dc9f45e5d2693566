using System.Diagnostics;
using MassTransit;

namespace Orchestrator.Messaging.Failures;

/// <summary>Says on the failed message, in words for an operator, why it failed, and under which trace to look for more.</summary>
internal sealed class FailureReasonFilter : IFilter<ExceptionReceiveContext>
{
    public Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        foreach (var (name, value) in FailureHeaders.Of(context.Exception))
            context.ExceptionHeaders.Set(name, value);
        return next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("failureReason");
}

/// <summary>Headers of a message in a failed queue, beside the <c>MT-Fault-*</c> ones of MassTransit.</summary>
public static class FailureHeaders
{
    /// <summary>Why, in one line.</summary>
    public const string Reason = "orchestrator-reason";

    /// <summary>A stable word for the reason: <c>rejected</c>, <c>unreadable</c>, <c>unknown</c> (a message type that nobody here consumes) or <c>fault</c>.</summary>
    public const string Code = "orchestrator-code";

    /// <summary>W3C trace id of the attempt to handle it.</summary>
    public const string TraceId = "orchestrator-trace-id";

    /// <summary>On a message that is sent again: the broker user who published it first. Believed only when our own login sent it.</summary>
    internal const string Publisher = "orchestrator-publisher";

    internal static IEnumerable<(string Name, string Value)> Of(Exception exception)
    {
        var cause = exception is DeliveryRejectedException ? exception : exception.GetBaseException();
        yield return (Reason, OneLine(cause.Message));
        yield return (Code, cause switch
        {
            DeliveryRejectedException => "rejected",
            MessageNotConsumedException => "unknown",
            System.Runtime.Serialization.SerializationException or System.Text.Json.JsonException => "unreadable",
            _ => "fault",
        });
        if (Activity.Current is { } activity)
            yield return (TraceId, activity.TraceId.ToHexString());
    }

    private static string OneLine(string text)
    {
        var line = text.ReplaceLineEndings(" ");
        return line.Length <= 1000 ? line : line[..1000];
    }
}
