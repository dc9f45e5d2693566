using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Persistence.Outbox;

namespace Orchestrator.Persistence.Sagas;

/// <summary>Messages of sagas that are handled at the same time share a transaction; the sagas of a group are locked at once.</summary>
internal sealed class SagaGroups<TSaga, TDb>(IServiceScopeFactory scopes)
    where TSaga : class, ISaga
    where TDb : ServiceDbContext
{
    private readonly MessageGroups<TDb, Guid?, SagaGroup<TSaga, TDb>> _groups = new(scopes, OpenAsync);

    /// <summary>Handles the message in a transaction with its inbox row and whatever it sends; returns when that is committed. A copy is not handled.</summary>
    /// <param name="context">The message.</param>
    /// <param name="saga">The saga that it is for, or null when that has to be looked for.</param>
    /// <param name="handle">Handles it; called again, in another transaction, when the first one failed.</param>
    public Task RunAsync(ConsumeContext context, Guid? saga, Func<SagaGroup<TSaga, TDb>, Task> handle) => _groups.RunAsync(context, saga, handle);

    /// <summary>As above, for a message that is known by its id.</summary>
    public Task RunAsync(Guid messageId, Guid saga, Func<SagaGroup<TSaga, TDb>, Task> handle) => _groups.RunAsync(messageId, saga, handle);

    private static async Task<SagaGroup<TSaga, TDb>> OpenAsync(IServiceProvider services, IReadOnlyList<Guid?> sagas, CancellationToken cancellationToken)
    {
        var group = new SagaGroup<TSaga, TDb>(
            services.GetRequiredService<TDb>(), services.GetRequiredService<MessageOutbox<TDb>>(), new SagaCompany(sagas.Count > 1));
        await group.LockAsync(sagas.OfType<Guid>(), cancellationToken);
        return group;
    }
}
