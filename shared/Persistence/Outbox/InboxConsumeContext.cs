using MassTransit;
using MassTransit.Middleware;
using MassTransit.Middleware.Outbox;

namespace Orchestrator.Persistence.Outbox;

/// <summary>The message as consumer or saga see it: what they send is collected.</summary>
internal sealed class InboxConsumeContext<TDb, T>(
    ConsumeContext<T> context, OutboxConsumeOptions options, IServiceProvider services, TDb db, OutboxBatch<TDb> batch, Guid messageId, bool duplicate)
    : OutboxConsumeContextProxy<T>(context, options, services)
    where TDb : ServiceDbContext
    where T : class
{
    public override Guid? MessageId => messageId;

    public override bool ContinueProcessing { get; set; } = true;

    public override bool IsMessageConsumed => duplicate;

    /// <summary>Delivery is ours and after the commit: the pipe of the bus never does it.</summary>
    public override bool IsOutboxDelivered => duplicate;

    public override int ReceiveCount => 1;

    public override long? LastSequenceNumber => null;

    /// <summary>The one place where state and messages are written.</summary>
    public override Task SetConsumed()
    {
        // A failure here ends the transaction anyway, so the two round trips of a savepoint buy nothing.
        db.Database.AutoSavepointsEnabled = false;
        return db.SaveChangesAsync(CancellationToken);
    }

    public override Task AddSend<TMessage>(SendContext<TMessage> context) => batch.AddSend(context);

    public override Task SetDelivered() => Task.CompletedTask;

    public override Task<List<OutboxMessageContext>> LoadOutboxMessages() => Task.FromResult(new List<OutboxMessageContext>());

    public override Task NotifyOutboxMessageDelivered(OutboxMessageContext message) => Task.CompletedTask;

    public override Task RemoveOutboxMessages() => Task.CompletedTask;
}
