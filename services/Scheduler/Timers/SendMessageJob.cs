using System.Net.Mime;
using MassTransit;
using MassTransit.Serialization;
using Microsoft.Extensions.Options;
using Orchestrator.Hosting.Failpoints;
using Quartz;

namespace Orchestrator.Scheduler.Timers;

/// <summary>Sends a message whose time has come. One stored job serves all timers; after a crash in the middle of it Quartz runs it again.</summary>
internal sealed partial class SendMessageJob(IBus bus, IOptions<SchedulerOptions> options, TimeProvider clock, ILogger<SendMessageJob> log) : IJob
{
    public static JobKey Key { get; } = new("send-message", "timers");

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        var message = TimedMessage.From(context.MergedJobDataMap);
        try
        {
            var endpoint = await bus.GetSendEndpoint(message.Destination);
            await Failpoint.AroundAsync("timer.publish", () => endpoint.Send(new SerializedMessageBody(), Pipe.Execute<SendContext<SerializedMessageBody>>(send =>
            {
                send.MessageId = message.Token;
                send.Serializer = new StoredEnvelope(message.Envelope);
            }), cancellationToken));
        }
        catch (Exception e)
        {
            // An exception out of here would end a one-shot trigger, and firing again at once would spin: it gets a new time.
            LogLater(e, message.Token, message.Destination, options.Value.RetryAfter);
            var later = context.Trigger.GetTriggerBuilder().StartAt(clock.GetUtcNow() + options.Value.RetryAfter).Build();
            await Failpoint.AroundAsync("timer.move", () => context.Scheduler.RescheduleJob(context.Trigger.Key, later, CancellationToken.None).AsTask());
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Timer {Token} could not be sent to {Destination}; again in {Pause}")]
    private partial void LogLater(Exception exception, Guid token, Uri destination, TimeSpan pause);

    private sealed class StoredEnvelope(string envelope) : IMessageSerializer
    {
        public ContentType ContentType => SystemTextJsonMessageSerializer.JsonContentType;

        public MessageBody GetMessageBody<T>(SendContext<T> context)
            where T : class => new StringMessageBody(envelope);
    }
}
