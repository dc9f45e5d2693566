using System.Data.Common;
using MassTransit;
using MassTransit.Middleware;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Orchestrator.Hosting.Failpoints;

namespace Orchestrator.Persistence.Outbox;

/// <summary>One handled message: inbox row first, then consumer or saga, then state and messages in one statement batch, commit, delivery.</summary>
internal sealed class InboxTransaction<TDb>(
    TDb db, ServiceDatabase<TDb> database, OutboxBatch<TDb> batch, OutboxDelivery<TDb> delivery, IServiceProvider services)
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
            await using var transaction = await db.Database.BeginTransactionAsync(context.CancellationToken);
            var first = await RememberAsync(messageId, options.ConsumerId, transaction, context.CancellationToken);
            await next.Send(new InboxConsumeContext<TDb, T>(context, options, services, db, batch, messageId, duplicate: !first));
            if (!first)
                return;
            await Failpoint.AroundAsync("inbox.commit", () => transaction.CommitAsync(context.CancellationToken));
        }

        await delivery.DeliverAsync(batch.Take(), context.CancellationToken);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("inbox").Add("database", database.Name);

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
