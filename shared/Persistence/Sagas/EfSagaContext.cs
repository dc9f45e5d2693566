using MassTransit;
using MassTransit.Context;
using MassTransit.Saga;

namespace Orchestrator.Persistence.Sagas;

/// <summary>The saga of one message: loaded under its lock, tracked, and written at the end of its group's transaction.</summary>
internal sealed class EfSagaContext<TSaga, T, TDb>(SagaGroup<TSaga, TDb> group, ConsumeContext<T> context, ISagaConsumeContextFactory<TDb, TSaga> contexts)
    : ConsumeContextScope<T>(context, group.Db, group.Company), SagaRepositoryContext<TSaga, T>
    where TSaga : class, ISaga
    where T : class
    where TDb : ServiceDbContext
{
    private readonly ConsumeContext<T> _context = context;

    public Task<SagaConsumeContext<TSaga, T>> Add(TSaga instance) =>
        contexts.CreateSagaConsumeContext(group.Db, _context, instance, SagaConsumeContextMode.Add);

    /// <summary>Null when another message has created the saga already: the caller loads it then. One that does so at this moment fails the transaction, which is run again.</summary>
    public async Task<SagaConsumeContext<TSaga, T>> Insert(TSaga instance)
    {
        if (await group.FindAsync(instance.CorrelationId, CancellationToken) is not null)
            return null!;
        group.Add(instance);
        return await contexts.CreateSagaConsumeContext(group.Db, _context, instance, SagaConsumeContextMode.Insert);
    }

    public async Task<SagaConsumeContext<TSaga, T>> Load(Guid correlationId) =>
        await group.FindAsync(correlationId, CancellationToken) is { } saga
            ? await contexts.CreateSagaConsumeContext(group.Db, _context, saga, SagaConsumeContextMode.Load)
            : null!;

    /// <summary>Those that the query finds, locked in one order for everybody.</summary>
    public async Task<List<TSaga>> FindAsync(ISagaQuery<TSaga> query)
    {
        // A query sees only what is written.
        await group.Db.SaveChangesAsync(CancellationToken);
        var sagas = new List<TSaga>();
        var ids = await SagaRows.FindAsync(group.Db, query, CancellationToken);
        await group.LockAsync(ids, CancellationToken);
        foreach (var id in ids)
        {
            if (await group.FindAsync(id, CancellationToken) is { } saga)
                sagas.Add(saga);
        }

        return sagas;
    }

    public Task Save(SagaConsumeContext<TSaga> context)
    {
        group.Add(context.Saga);
        return Task.CompletedTask;
    }

    public Task Update(SagaConsumeContext<TSaga> context) => Task.CompletedTask;

    public Task Delete(SagaConsumeContext<TSaga> context)
    {
        group.Remove(context.Saga);
        return Task.CompletedTask;
    }

    public Task Discard(SagaConsumeContext<TSaga> context) => Task.CompletedTask;

    public Task Undo(SagaConsumeContext<TSaga> context)
    {
        var entry = group.Db.Entry(context.Saga);
        entry.CurrentValues.SetValues(entry.OriginalValues);
        entry.State = Microsoft.EntityFrameworkCore.EntityState.Unchanged;
        return Task.CompletedTask;
    }

    public Task<SagaConsumeContext<TSaga, TMessage>> CreateSagaConsumeContext<TMessage>(
        ConsumeContext<TMessage> consumeContext, TSaga instance, SagaConsumeContextMode mode)
        where TMessage : class => contexts.CreateSagaConsumeContext(group.Db, consumeContext, instance, mode);
}
