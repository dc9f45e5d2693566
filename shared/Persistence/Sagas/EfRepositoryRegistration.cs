using MassTransit;
using MassTransit.Configuration;
using MassTransit.Saga;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Orchestrator.Persistence.Sagas;

/// <summary>Keeps sagas in a service's database.</summary>
public static class EfRepositoryRegistration
{
    /// <summary>
    /// Keeps <typeparamref name="TSaga"/> in <typeparamref name="TDb"/>, one row per saga, locked while a message of it is handled. Inbox row, saga and
    /// what it sends commit together, and with those of other messages that are handled at the same time (<see cref="Outbox.MessageGroups{TDb, TAsk, TGroup}"/>).
    /// The endpoint calls <see cref="Outbox.ConflictRetry.UseConflictRetry"/>, and has no limit of concurrency other than its prefetch.
    /// </summary>
    public static ISagaRegistrationConfigurator<TSaga> EfRepository<TSaga, TDb>(this ISagaRegistrationConfigurator<TSaga> saga)
        where TSaga : class, ISaga
        where TDb : ServiceDbContext =>
        saga.Repository(repository =>
        {
            repository.TryAddSingleton<SagaGroups<TSaga, TDb>>();
            repository.RegisterLoadSagaRepository<TSaga, EfSagaContextFactory<TSaga, TDb>>();
            repository.RegisterQuerySagaRepository<TSaga, EfSagaContextFactory<TSaga, TDb>>();
            repository.RegisterSagaRepository<TSaga, TDb, SagaConsumeContextFactory<TDb, TSaga>, EfSagaContextFactory<TSaga, TDb>>();
        });
}
