using MassTransit;
using Orchestrator.Hosting.Failpoints;

namespace Orchestrator.Messaging;

/// <summary>The acknowledgement of a delivery is MassTransit's: the end of the pipe stands before it, and the observer is called behind it.</summary>
internal sealed class AckFailpoints : IFilter<ReceiveContext>, IReceiveObserver
{
    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        await next.Send(context);
        await Failpoint.HitAsync("consume.ack.before");
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("ackFailpoints");

    public Task PreReceive(ReceiveContext context) => Task.CompletedTask;

    public Task PostReceive(ReceiveContext context) => Failpoint.HitAsync("consume.ack.after");

    public Task PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType)
        where T : class => Task.CompletedTask;

    public Task ConsumeFault<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception)
        where T : class => Task.CompletedTask;

    public Task ReceiveFault(ReceiveContext context, Exception exception) => Task.CompletedTask;
}
