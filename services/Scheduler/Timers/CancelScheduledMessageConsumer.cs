using MassTransit;
using MassTransit.Scheduling;
using Orchestrator.Hosting.Failpoints;
using Orchestrator.Messaging;
using Quartz;

namespace Orchestrator.Scheduler.Timers;

/// <summary>Forgets a message that is not due yet. One that went out already is recognised as stale by its token.</summary>
internal sealed class CancelScheduledMessageConsumer(ISchedulerFactory schedulers) : IConsumer<CancelScheduledMessage>
{
    public async Task Consume(ConsumeContext<CancelScheduledMessage> context)
    {
        var scheduler = await schedulers.GetScheduler(context.CancellationToken);
        await Failpoint.AroundAsync("timer.cancel", () => scheduler.UnscheduleJob(TimerKey.Of(context.Message.TokenId), context.CancellationToken).AsTask());
    }
}

internal sealed class CancelScheduledMessageConsumerDefinition : ConsumerDefinition<CancelScheduledMessageConsumer>
{
    public CancelScheduledMessageConsumerDefinition() => EndpointName = Queues.Scheduler;
}

internal static class TimerKey
{
    public static TriggerKey Of(Guid token) => new(token.ToString("N"), "timers");
}
