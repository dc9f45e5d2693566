using MassTransit;
using MassTransit.Context;
using MassTransit.Saga;
using Microsoft.EntityFrameworkCore;
using Orchestrator.Persistence.Outbox;

namespace Orchestrator.Persistence.Sagas;

/// <summary>The saga of one message: loaded under its lock, tracked, saved once.</summary>
internal sealed class EfSagaContext<TSaga, T, TDb>(TDb db, ConsumeContext<T> context, ISagaConsumeContextFactory<TDb, TSaga> contexts)
    : ConsumeContextScope<T>(context, db), SagaRepositoryContext<TSaga, T>
    where TSaga : class, ISaga
    where T : class
    where TDb : ServiceDbContext
{
    private readonly ConsumeContext<T> _context = context;

    public Task<SagaConsumeContext<TSaga, T>> Add(TSaga instance) =>
        contexts.CreateSagaConsumeContext(db, _context, instance, SagaConsumeContextMode.Add);

    /// <summary>Null when another message has created the saga already: the caller loads it then.</summary>
    public async Task<SagaConsumeContext<TSaga, T>> Insert(TSaga instance)
    {
        var entry = db.Add(instance);
        try
        {
            await db.SaveChangesAsync(CancellationToken);
        }
        catch (DbUpdateException exception) when (RetryableFailure.IsConflict(exception))
        {
            // The context took the transaction back to a savepoint, so it goes on.
            entry.State = EntityState.Detached;
            return null!;
        }

        return await contexts.CreateSagaConsumeContext(db, _context, instance, SagaConsumeContextMode.Insert);
    }

    public async Task<SagaConsumeContext<TSaga, T>> Load(Guid correlationId) =>
        await db.FindLockedAsync<TSaga>([correlationId], CancellationToken) is { } saga
            ? await contexts.CreateSagaConsumeContext(db, _context, saga, SagaConsumeContextMode.Load)
            : null!;

    public Task Save(SagaConsumeContext<TSaga> context)
    {
        db.Add(context.Saga);
        return FlushAsync();
    }

    public Task Update(SagaConsumeContext<TSaga> context) => FlushAsync();

    public Task Delete(SagaConsumeContext<TSaga> context)
    {
        db.Remove(context.Saga);
        return FlushAsync();
    }

    public Task Discard(SagaConsumeContext<TSaga> context) => Task.CompletedTask;

    public Task Undo(SagaConsumeContext<TSaga> context)
    {
        var entry = db.Entry(context.Saga);
        entry.CurrentValues.SetValues(entry.OriginalValues);
        entry.State = EntityState.Unchanged;
        return Task.CompletedTask;
    }

    public Task<SagaConsumeContext<TSaga, TMessage>> CreateSagaConsumeContext<TMessage>(
        ConsumeContext<TMessage> consumeContext, TSaga instance, SagaConsumeContextMode mode)
        where TMessage : class => contexts.CreateSagaConsumeContext(db, consumeContext, instance, mode);

    /// <summary>With the outbox around it the saga is written together with the messages, in one round trip.</summary>
    private Task FlushAsync() =>
        _context.TryGetPayload<ISurroundingTransaction>(out _) ? Task.CompletedTask : db.SaveChangesAsync(CancellationToken);
}
