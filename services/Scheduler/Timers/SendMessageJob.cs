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

    /// <summary>
    /// Quartz deletes a one-shot trigger whatever its job ends with, an exception or a cancel too, and waits for its database to do so: while the message is neither
    /// sent nor has a new time, the job does not end. One that is cut off by the end of the process runs again.
    /// </summary>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        var message = TimedMessage.From(context.MergedJobDataMap);
        while (!await TrySendAsync(message, cancellationToken) && !await TryMoveAsync(context, message.Token))
            await Task.Delay(options.Value.RetryAfter, clock, CancellationToken.None);
    }

    private async Task<bool> TrySendAsync(TimedMessage message, CancellationToken cancellationToken)
    {
        try
        {
            var endpoint = await bus.GetSendEndpoint(message.Destination);
            await Failpoint.AroundAsync("timer.publish", () => endpoint.Send(new SerializedMessageBody(), Pipe.Execute<SendContext<SerializedMessageBody>>(send =>
            {
                send.MessageId = message.Token;
                send.Serializer = new StoredEnvelope(message.Envelope);
            }), cancellationToken));
            return true;
        }
        catch (Exception e)
        {
            LogLater(e, message.Token, message.Destination, options.Value.RetryAfter);
            return false;
        }
    }

    /// <summary>Firing again at once would spin: it gets a new time.</summary>
    private async Task<bool> TryMoveAsync(IJobExecutionContext context, Guid token)
    {
        try
        {
            var later = context.Trigger.GetTriggerBuilder().StartAt(clock.GetUtcNow() + options.Value.RetryAfter).Build();
            await Failpoint.AroundAsync("timer.move", () => context.Scheduler.RescheduleJob(context.Trigger.Key, later, CancellationToken.None).AsTask());
            return true;
        }
        catch (Exception e)
        {
            LogHeld(e, token);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Timer {Token} could not be sent to {Destination}; again in {Pause}")]
    private partial void LogLater(Exception exception, Guid token, Uri destination, TimeSpan pause);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Timer {Token} could not get a new time; it is held")]
    private partial void LogHeld(Exception exception, Guid token);

    private sealed class StoredEnvelope(string envelope) : IMessageSerializer
    {
        public ContentType ContentType => SystemTextJsonMessageSerializer.JsonContentType;

        public MessageBody GetMessageBody<T>(SendContext<T> context)
            where T : class => new StringMessageBody(envelope);
    }
}
