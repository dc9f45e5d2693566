using MassTransit;
using MassTransit.RabbitMqTransport;
using Orchestrator.Hosting.Failpoints;
using Orchestrator.Messaging.Topology;

namespace Orchestrator.Messaging.Failures;

/// <summary>
/// Before a message is moved: its failed queue is there, also when somebody deleted it a moment ago. What another login published is moved
/// here and now, since MassTransit would move it under that login's name, which the broker refuses.
/// </summary>
internal sealed class FailedQueueFilter(BrokerLogin login, TimeProvider clock) : IFilter<ExceptionReceiveContext>
{
    public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        if (!await MoveAsync(context, context.Exception, login, clock))
            await Failpoint.AroundAsync("failed.publish", () => next.Send(context));
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("failedQueue");

    /// <summary>Whether it was moved; otherwise the transport is to do it.</summary>
    internal static async Task<bool> MoveAsync(ReceiveContext context, Exception exception, BrokerLogin login, TimeProvider clock)
    {
        if (!context.TryGetPayload<ChannelContext>(out var channel) || !context.TryGetPayload<RabbitMqBasicConsumeContext>(out var delivery))
            return false;
        var queue = Uri.UnescapeDataString(context.InputAddress.AbsolutePath.Split('/')[^1]);
        await BrokerTopology.DeclareFailedAsync(channel.Channel, queue, context.CancellationToken);
        if (!FailedCopy.IsForeign(delivery.Properties, login))
            return false;
        await Failpoint.AroundAsync("failed.foreign.publish", () => channel.BasicPublishAsync(Queues.Failed(queue), "", true, FailedCopy.Of(delivery.Properties, queue, exception, login, clock), context.GetBody(), true, context.CancellationToken));
        return true;
    }
}
