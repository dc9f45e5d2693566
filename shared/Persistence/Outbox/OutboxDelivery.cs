using System.Threading.Channels;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Orchestrator.Persistence.Outbox;

/// <summary>
/// Takes committed messages to the broker and remembers which are there. Whatever goes wrong here is only late: the row
/// stays and the sweep sends it again.
/// </summary>
internal sealed partial class OutboxDelivery<TDb>(
    IServiceProvider services, DatabaseClock clock, IOptions<DatabaseOptions> options, ILogger<OutboxDelivery<TDb>> logger)
    where TDb : ServiceDbContext
{
    private readonly Channel<PendingMessage> _signalled = Channel.CreateBounded<PendingMessage>(new BoundedChannelOptions(10_000) { SingleReader = true });
    private readonly Channel<Guid> _delivered = Channel.CreateUnbounded<Guid>(new UnboundedChannelOptions { SingleReader = true });
    private IBus? _bus;

    public ChannelReader<PendingMessage> Signalled => _signalled.Reader;

    public ChannelReader<Guid> Delivered => _delivered.Reader;

    private IBus Bus => _bus ??= services.GetRequiredService<IBus>();

    /// <summary>Has them delivered by the worker. When it cannot keep up the sweep will.</summary>
    public void Signal(IReadOnlyList<PendingMessage> messages)
    {
        foreach (var message in messages)
            _signalled.Writer.TryWrite(message);
    }

    /// <summary>Delivers them now, begun in the order they were sent, and waits for the broker's confirmations together. Never throws for the broker's sake.</summary>
    public async Task DeliverAsync(IReadOnlyList<PendingMessage> messages, CancellationToken cancellationToken)
    {
        if (messages.Count == 0)
            return;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(options.Value.OutboxLease);
        await Task.WhenAll(messages.Select(message => TryDeliverAsync(message, deadline.Token)));
    }

    public async Task<bool> TryDeliverAsync(PendingMessage message, CancellationToken cancellationToken)
    {
        try
        {
            if (!message.HasExpired(clock.GetUtcNow()))
                await message.DeliverAsync(Bus, cancellationToken);
            Forget(message.Row.MessageId);
            return true;
        }
        catch (Exception exception)
        {
            LogLate(exception, message.Row.MessageId, message.Row.Destination);
            return false;
        }
    }

    /// <summary>The row may go.</summary>
    public void Forget(Guid messageId) => _delivered.Writer.TryWrite(messageId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Message {MessageId} to {Destination} was not delivered; the sweep will send it again")]
    private partial void LogLate(Exception exception, Guid messageId, string destination);
}
