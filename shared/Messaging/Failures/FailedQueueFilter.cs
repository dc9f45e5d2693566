using MassTransit;
using MassTransit.RabbitMqTransport;
using Orchestrator.Messaging.Topology;

namespace Orchestrator.Messaging.Failures;

/// <summary>Before a message is moved: its failed queue is there, also when somebody deleted it a moment ago.</summary>
internal sealed class FailedQueueFilter : IFilter<ExceptionReceiveContext>
{
    public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        await DeclareAsync(context);
        await next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("failedQueue");

    internal static Task DeclareAsync(ReceiveContext context) =>
        context.TryGetPayload<ChannelContext>(out var channel) && context.InputAddress.AbsolutePath.Split('/')[^1] is { Length: > 0 } queue
            ? BrokerTopology.DeclareFailedAsync(channel.Channel, Uri.UnescapeDataString(queue), context.CancellationToken)
            : Task.CompletedTask;
}
