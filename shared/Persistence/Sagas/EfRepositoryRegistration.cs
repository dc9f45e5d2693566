using MassTransit;
using MassTransit.Configuration;
using MassTransit.Saga;

namespace Orchestrator.Persistence.Sagas;

/// <summary>Keeps sagas in a service's database.</summary>
public static class EfRepositoryRegistration
{
    /// <summary>
    /// Keeps <typeparamref name="TSaga"/> in <typeparamref name="TDb"/>, one row per saga, locked while a message of it is handled.
    /// With the transactional outbox on the endpoint the saga commits in its transaction, else in one of its own.
    /// </summary>
    public static ISagaRegistrationConfigurator<TSaga> EfRepository<TSaga, TDb>(this ISagaRegistrationConfigurator<TSaga> saga)
        where TSaga : class, ISaga
        where TDb : ServiceDbContext =>
        saga.Repository(repository =>
        {
            repository.RegisterLoadSagaRepository<TSaga, EfSagaContextFactory<TSaga, TDb>>();
            repository.RegisterQuerySagaRepository<TSaga, EfSagaContextFactory<TSaga, TDb>>();
            repository.RegisterSagaRepository<TSaga, TDb, SagaConsumeContextFactory<TDb, TSaga>, EfSagaContextFactory<TSaga, TDb>>();
        });
}
