using MassTransit;
using MassTransit.Middleware;
using MassTransit.Saga;
using Orchestrator.Hosting.Failpoints;
using Orchestrator.Persistence.Outbox;

namespace Orchestrator.Persistence.Sagas;

/// <summary>Opens the repository for one message, or for one read.</summary>
internal sealed class EfSagaContextFactory<TSaga, TDb>(TDb db, ServiceDatabase<TDb> database, ISagaConsumeContextFactory<TDb, TSaga> contexts)
    : ISagaRepositoryContextFactory<TSaga>, ILoadSagaRepositoryContextFactory<TSaga>, IQuerySagaRepositoryContextFactory<TSaga>
    where TSaga : class, ISaga
    where TDb : ServiceDbContext
{
    public Task Send<T>(ConsumeContext<T> context, IPipe<SagaRepositoryContext<TSaga, T>> next)
        where T : class =>
        InTransactionAsync(context, () =>
        {
            // What a saga's activities read beside it they read in its transaction; a second try has another context.
            context.AddOrUpdatePayload(() => db, _ => db);
            return next.Send(new EfSagaContext<TSaga, T, TDb>(db, context, contexts));
        });

    public Task SendQuery<T>(ConsumeContext<T> context, ISagaQuery<TSaga> query, IPipe<SagaRepositoryQueryContext<TSaga, T>> next)
        where T : class =>
        InTransactionAsync(context, async () =>
        {
            var sagas = new List<TSaga>();
            foreach (var id in await SagaRows.FindAsync(db, query, context.CancellationToken))
            {
                if (await db.FindLockedAsync<TSaga>([id], context.CancellationToken) is { } saga)
                    sagas.Add(saga);
            }

            var repository = new EfSagaContext<TSaga, T, TDb>(db, context, contexts);
            await next.Send(new LoadedSagaRepositoryQueryContext<TSaga, T>(repository, sagas));
        });

    public Task<T> Execute<T>(Func<LoadSagaRepositoryContext<TSaga>, Task<T>> asyncMethod, CancellationToken cancellationToken)
        where T : class => asyncMethod(new Reader(db, cancellationToken));

    public Task<T> Execute<T>(Func<QuerySagaRepositoryContext<TSaga>, Task<T>> asyncMethod, CancellationToken cancellationToken)
        where T : class => asyncMethod(new Reader(db, cancellationToken));

    public void Probe(ProbeContext context) => context.Add("persistence", database.Name);

    private async Task InTransactionAsync(ConsumeContext context, Func<Task> work)
    {
        if (context.TryGetPayload<ISurroundingTransaction>(out _))
        {
            await work();
            return;
        }

        using var turn = await database.EnterAsync(db, context.CancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(context.CancellationToken);
        await work();
        await Failpoint.AroundAsync("saga.commit", () => transaction.CommitAsync(context.CancellationToken));
    }

    private sealed class Reader(TDb db, CancellationToken cancellationToken)
        : BasePipeContext(cancellationToken), LoadSagaRepositoryContext<TSaga>, QuerySagaRepositoryContext<TSaga>
    {
        public Task<TSaga> Load(Guid correlationId) => SagaRows.ReadAsync<TSaga>(db, correlationId, CancellationToken)!;

        public async Task<SagaRepositoryQueryContext<TSaga>> Query(ISagaQuery<TSaga> query, CancellationToken cancellationToken) =>
            new DefaultSagaRepositoryQueryContext<TSaga>(this, await SagaRows.FindAsync(db, query, cancellationToken));
    }
}
