using MassTransit;
using MassTransit.Middleware.Outbox;
using MassTransit.Transports;
using Microsoft.EntityFrameworkCore;
using Orchestrator.Hosting.Failpoints;

namespace Orchestrator.Persistence.Outbox;

/// <summary>
/// Sends from HTTP handlers and hosted services in the transaction of the state. In the transaction of a group of handled
/// messages it joins that, so code that both use needs no two versions.
/// </summary>
public sealed class MessageOutbox<TDb>
    where TDb : ServiceDbContext
{
    private readonly TDb _db;
    private readonly ServiceDatabase<TDb> _database;
    private readonly OutboxBatch<TDb> _batch;
    private readonly OutboxDelivery<TDb> _delivery;
    private readonly OutboxSendEndpointProvider _send;
    private readonly PublishEndpoint _publish;

    internal MessageOutbox(TDb db, ServiceDatabase<TDb> database, OutboxBatch<TDb> batch, OutboxDelivery<TDb> delivery, IBus bus)
    {
        (_db, _database, _batch, _delivery) = (db, database, batch, delivery);
        _send = new OutboxSendEndpointProvider(batch, bus);
        _publish = new PublishEndpoint(new OutboxPublishEndpointProvider(batch, bus));
    }

    /// <summary>Adds a command for one queue to the context. It goes nowhere before <see cref="SaveChangesAsync"/>.</summary>
    public async Task Send<T>(string queue, T message, CancellationToken cancellationToken = default)
        where T : class
    {
        // Never queue:x, which declares the queue anew and as another type.
        var endpoint = await _send.GetSendEndpoint(new Uri($"exchange:{queue}"));
        await endpoint.Send(message, cancellationToken);
    }

    /// <summary>A handled message whose sends, publishes and responses are added to the context. Await its <c>ConsumeCompleted</c> before the commit.</summary>
    public ConsumeContext<T> Collect<T>(ConsumeContext<T> context)
        where T : class => new CollectingConsumeContext<TDb, T>(context, _batch);

    /// <summary>Adds an event to the context. It goes nowhere before <see cref="SaveChangesAsync"/>.</summary>
    public Task Publish<T>(T message, CancellationToken cancellationToken = default)
        where T : class => _publish.Publish(message, cancellationToken);

    /// <summary>
    /// Commits state and messages together, then has the messages delivered at once. In the transaction of handled messages that
    /// does both. In one that the caller began the rows are written, and the messages leave with the next sweep:
    /// better use <see cref="InTransactionAsync"/>.
    /// </summary>
    /// <exception cref="DbUpdateException">Nothing was saved and nothing is sent. Start over in a new scope.</exception>
    public async Task SaveChangesAsync(CancellationToken cancellationToken = default)
    {
        if (_db.Database.CurrentTransaction is not null)
        {
            await _db.SaveChangesAsync(cancellationToken);
            return;
        }

        using (await _database.EnterAsync(_db, cancellationToken))
            await Failpoint.AroundAsync("outbox.save", () => _db.SaveChangesAsync(cancellationToken));
        _delivery.Signal(_batch.Take());
    }

    /// <summary>Runs statements, state and messages in one transaction, commits, then has the messages delivered at once.</summary>
    public async Task<TResult> InTransactionAsync<TResult>(Func<CancellationToken, Task<TResult>> work, CancellationToken cancellationToken = default)
    {
        if (_db.Database.CurrentTransaction is not null)
        {
            var joined = await work(cancellationToken);
            await _db.SaveChangesAsync(cancellationToken);
            return joined;
        }

        var result = await TransactAsync(work, cancellationToken);
        _delivery.Signal(_batch.Take());
        return result;
    }

    /// <summary>As <see cref="InTransactionAsync{TResult}"/>, and says when the messages have been delivered, or are left to the sweep.</summary>
    internal async Task<Task> CommitAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        await TransactAsync(
            async cancel =>
            {
                await work(cancel);
                return true;
            },
            cancellationToken);
        return _delivery.DeliverAsync(_batch.Take(), cancellationToken);
    }

    private async Task<TResult> TransactAsync<TResult>(Func<CancellationToken, Task<TResult>> work, CancellationToken cancellationToken)
    {
        using (await _database.EnterAsync(_db, cancellationToken))
        {
            // A failure ends the whole transaction, so the two round trips of a savepoint buy nothing.
            _db.Database.AutoSavepointsEnabled = false;
            await using var transaction = await _db.Database.BeginTransactionAsync(cancellationToken);
            var result = await work(cancellationToken);
            await _db.SaveChangesAsync(cancellationToken);
            await Failpoint.AroundAsync("outbox.commit", () => transaction.CommitAsync(cancellationToken));
            return result;
        }
    }
}
