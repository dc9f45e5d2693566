using System.Data.Common;
using MassTransit;
using MassTransit.Middleware;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Orchestrator.Hosting.Failpoints;

namespace Orchestrator.Persistence.Outbox;

/// <summary>
/// One handled message: consumer, then inbox row, state and messages in one statement batch, commit, delivery. A message that may be a copy, since the
/// broker or a retry brought it again, writes its inbox row first; of any other a copy fails when it is written, and is then known for what it is.
/// </summary>
internal sealed class InboxTransaction<TDb>(
    TDb db, ServiceDatabase<TDb> database, OutboxBatch<TDb> batch, OutboxDelivery<TDb> delivery, DatabaseClock clock, IServiceProvider services)
    : IOutboxContextFactory<TDb>
    where TDb : ServiceDbContext
{
    public async Task Send<T>(ConsumeContext<T> context, OutboxConsumeOptions options, IPipe<OutboxConsumeContext<T>> next)
        where T : class
    {
        var messageId = context.GetOriginalMessageId()
            ?? throw new InvalidOperationException($"A {typeof(T).Name} without a message id cannot be told from its copies.");
        batch.InDelivery = true;
        using (await database.EnterAsync(db, context.CancellationToken))
        {
            var again = context.ReceiveContext.Redelivered || context.GetRetryAttempt() > 0;
            try
            {
                await HandleAsync(again);
            }
            catch (Exception) when (!again)
            {
                if (!await IsCopyAsync(messageId, options.ConsumerId, context.CancellationToken))
                    throw;
                batch.Take();
                db.ChangeTracker.Clear();
                await next.Send(Context(duplicate: true));
            }
        }

        await delivery.DeliverAsync(batch.Take(), context.CancellationToken);

        async Task HandleAsync(bool askFirst)
        {
            await using var transaction = await db.Database.BeginTransactionAsync(context.CancellationToken);
            var first = true;
            if (askFirst)
                first = await RememberAsync(messageId, options.ConsumerId, transaction, context.CancellationToken);
            else
                db.Add(new InboxRow { MessageId = messageId, ConsumerId = options.ConsumerId, ReceivedAt = clock.GetUtcNow() });
            await next.Send(Context(duplicate: !first));
            if (first)
                await Failpoint.AroundAsync("inbox.commit", () => transaction.CommitAsync(context.CancellationToken));
        }

        InboxConsumeContext<TDb, T> Context(bool duplicate) => new(context, options, services, db, batch, messageId, duplicate);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("inbox").Add("database", database.Name);

    /// <summary>Whether what just failed was done before. When nobody can say, its own failure counts.</summary>
    private async Task<bool> IsCopyAsync(Guid messageId, Guid consumerId, CancellationToken cancellationToken)
    {
        try
        {
            return await db.Set<InboxRow>().AnyAsync(row => row.MessageId == messageId && row.ConsumerId == consumerId, cancellationToken);
        }
        catch (Exception)
        {
            return false;
        }
    }

    /// <summary>False for a copy. A twin that is being handled at this moment is waited for, since its row locks the key.</summary>
    private async Task<bool> RememberAsync(Guid messageId, Guid consumerId, IDbContextTransaction transaction, CancellationToken cancellationToken)
    {
        var sql = db.Sql;
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = transaction.GetDbTransaction();
        command.CommandText = sql.Statement("inbox.remember", static words =>
            $"insert into {words.Table(typeof(InboxRow))} (message_id, consumer_id, received_at) values (@message, @consumer, {words.Clock}) on conflict do nothing");
        Add(command, "message", messageId);
        Add(command, "consumer", consumerId);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    private static void Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
    }
}
