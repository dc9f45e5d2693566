using MassTransit;
using MassTransit.Middleware;
using MassTransit.Middleware.Outbox;

namespace Orchestrator.Persistence.Outbox;

/// <summary>The message as consumer or saga see it: what they send is collected. Who it belongs to writes, commits and delivers.</summary>
internal sealed class CollectingConsumeContext<TDb, T>(ConsumeContext<T> context, OutboxBatch<TDb> batch)
    : OutboxConsumeContextProxy<T>(context, new OutboxConsumeOptions(), batch)
    where TDb : ServiceDbContext
    where T : class
{
    private readonly Guid? _messageId = context.GetOriginalMessageId();

    public override Guid? MessageId => _messageId;

    public override bool ContinueProcessing { get; set; } = true;

    public override bool IsMessageConsumed => false;

    public override bool IsOutboxDelivered => false;

    public override int ReceiveCount => 1;

    public override long? LastSequenceNumber => null;

    public override Task SetConsumed() => Task.CompletedTask;

    public override Task AddSend<TMessage>(SendContext<TMessage> context) => batch.AddSend(context);

    public override Task SetDelivered() => Task.CompletedTask;

    public override Task<List<OutboxMessageContext>> LoadOutboxMessages() => Task.FromResult(new List<OutboxMessageContext>());

    public override Task NotifyOutboxMessageDelivered(OutboxMessageContext message) => Task.CompletedTask;

    public override Task RemoveOutboxMessages() => Task.CompletedTask;
}
