using MassTransit;
using MassTransit.Middleware;
using MassTransit.Saga;

namespace Orchestrator.Persistence.Sagas;

/// <summary>Opens the repository for one message, in the transaction of its group, or for one read.</summary>
internal sealed class EfSagaContextFactory<TSaga, TDb>(
    TDb db, SagaGroups<TSaga, TDb> groups, ServiceDatabase<TDb> database, ISagaConsumeContextFactory<TDb, TSaga> contexts)
    : ISagaRepositoryContextFactory<TSaga>, ILoadSagaRepositoryContextFactory<TSaga>, IQuerySagaRepositoryContextFactory<TSaga>
    where TSaga : class, ISaga
    where TDb : ServiceDbContext
{
    public Task Send<T>(ConsumeContext<T> context, IPipe<SagaRepositoryContext<TSaga, T>> next)
        where T : class =>
        InGroupAsync(context, context.CorrelationId, next.Send);

    public Task SendQuery<T>(ConsumeContext<T> context, ISagaQuery<TSaga> query, IPipe<SagaRepositoryQueryContext<TSaga, T>> next)
        where T : class =>
        InGroupAsync(context, null, async repository =>
        {
            var sagas = await repository.FindAsync(query);
            await next.Send(new LoadedSagaRepositoryQueryContext<TSaga, T>(repository, sagas));
        });

    public Task<T> Execute<T>(Func<LoadSagaRepositoryContext<TSaga>, Task<T>> asyncMethod, CancellationToken cancellationToken)
        where T : class => asyncMethod(new Reader(db, cancellationToken));

    public Task<T> Execute<T>(Func<QuerySagaRepositoryContext<TSaga>, Task<T>> asyncMethod, CancellationToken cancellationToken)
        where T : class => asyncMethod(new Reader(db, cancellationToken));

    public void Probe(ProbeContext context) => context.Add("persistence", database.Name);

    private Task InGroupAsync<T>(ConsumeContext<T> context, Guid? saga, Func<EfSagaContext<TSaga, T, TDb>, Task> handle)
        where T : class => groups.RunAsync(context, saga, async group =>
        {
            // What a saga's activities read beside it they read in its transaction; a second try has another one.
            context.AddOrUpdatePayload(() => group.Db, _ => group.Db);
            context.AddOrUpdatePayload(() => group.Company, _ => group.Company);
            var collecting = group.Outbox.Collect(context);
            await handle(new EfSagaContext<TSaga, T, TDb>(group, collecting, contexts));
            await collecting.ConsumeCompleted;
        });

    private sealed class Reader(TDb db, CancellationToken cancellationToken)
        : BasePipeContext(cancellationToken), LoadSagaRepositoryContext<TSaga>, QuerySagaRepositoryContext<TSaga>
    {
        public Task<TSaga> Load(Guid correlationId) => SagaRows.ReadAsync<TSaga>(db, correlationId, CancellationToken)!;

        public async Task<SagaRepositoryQueryContext<TSaga>> Query(ISagaQuery<TSaga> query, CancellationToken cancellationToken) =>
            new DefaultSagaRepositoryQueryContext<TSaga>(this, await SagaRows.FindAsync(db, query, cancellationToken));
    }
}
