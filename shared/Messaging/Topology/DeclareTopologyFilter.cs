using MassTransit;
using MassTransit.RabbitMqTransport;

namespace Orchestrator.Messaging.Topology;

/// <summary>Runs whenever a receive endpoint gets a channel, so that a broker that lost its state has it again after a reconnect.</summary>
internal sealed class DeclareTopologyFilter : IFilter<ChannelContext>
{
    public async Task Send(ChannelContext context, IPipe<ChannelContext> next)
    {
        await BrokerTopology.DeclareAsync(context.Channel, context.CancellationToken);
        await next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("declareTopology");
}
