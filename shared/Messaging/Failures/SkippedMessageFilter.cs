using MassTransit;
using MassTransit.Middleware.Rescue;
using MassTransit.Transports;
using Orchestrator.Hosting.Failpoints;

namespace Orchestrator.Messaging.Failures;

/// <summary>A message that nobody here understands is a failure like any other: it is moved with its reason on it.</summary>
internal sealed class SkippedMessageFilter(BrokerLogin login, TimeProvider clock) : IFilter<ReceiveContext>
{
    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        var unknown = new MessageNotConsumedException(context.InputAddress, "No consumer of this queue takes a message of this type.");
        var failure = new RescueExceptionReceiveContext(context, unknown);
        foreach (var (name, value) in FailureHeaders.Of(unknown))
            failure.ExceptionHeaders.Set(name, value);
        if (!await FailedQueueFilter.MoveAsync(context, unknown, login, clock))
            await Failpoint.AroundAsync("failed.skipped.publish", () => context.GetPayload<IErrorTransport>().Send(failure));
        await next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("skippedMessage");
}
