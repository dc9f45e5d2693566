using MassTransit;
using MassTransit.Scheduling;
using Orchestrator.Hosting.Failpoints;
using Orchestrator.Messaging;
using Quartz;

namespace Orchestrator.Scheduler.Timers;

/// <summary>Keeps a message until its time. Repeating the command replaces the timer, which bears the token's name.</summary>
internal sealed class ScheduleMessageConsumer(ISchedulerFactory schedulers) : IConsumer<ScheduleMessage>
{
    public async Task Consume(ConsumeContext<ScheduleMessage> context)
    {
        var scheduler = await schedulers.GetScheduler(context.CancellationToken);
        var trigger = TriggerBuilder.Create()
            .WithIdentity(TimerKey.Of(context.Message.CorrelationId))
            .ForJob(SendMessageJob.Key)
            .UsingJobData(TimedMessage.From(context).ToJobData())
            .StartAt(DateTime.SpecifyKind(context.Message.ScheduledTime, DateTimeKind.Utc))
            .Build();
        await Failpoint.AroundAsync("timer.save", () => scheduler.ScheduleTrigger(trigger, TriggerConflict.Replace, context.CancellationToken).AsTask());
    }
}

internal sealed class ScheduleMessageConsumerDefinition : ConsumerDefinition<ScheduleMessageConsumer>
{
    public ScheduleMessageConsumerDefinition() => EndpointName = Queues.Scheduler;
}
