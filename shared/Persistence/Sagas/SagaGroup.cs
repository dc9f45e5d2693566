using Orchestrator.Persistence.Outbox;

namespace Orchestrator.Persistence.Sagas;

/// <summary>The transaction that a message shares with others, as the saga's activities see it in their payload.</summary>
/// <param name="IsShared">Whether others are in it. What earlier ones have changed is then tracked, and written only at the end.</param>
public sealed record SagaCompany(bool IsShared);

/// <summary>A message has to wait for something that its company must not wait for: all of them are tried again, each in a transaction of its own.</summary>
public sealed class NotInCompanyException(string message) : Exception(message);

/// <summary>The sagas of one transaction: each is locked and read once, whichever of its messages comes first.</summary>
internal sealed class SagaGroup<TSaga, TDb>(TDb db, MessageOutbox<TDb> outbox, SagaCompany company)
    where TSaga : class, MassTransit.ISaga
    where TDb : ServiceDbContext
{
    private readonly Dictionary<Guid, TSaga?> _known = [];

    public TDb Db => db;

    public MessageOutbox<TDb> Outbox => outbox;

    public SagaCompany Company => company;

    /// <summary>Locks them in one order for everybody, so that two groups with the same sagas do not wait for each other.</summary>
    public async Task LockAsync(IEnumerable<Guid> ids, CancellationToken cancellationToken)
    {
        var wanted = ids.Distinct().Where(id => !_known.ContainsKey(id)).ToArray();
        if (wanted.Length == 0)
            return;
        var found = await db.FindAllLockedAsync<TSaga>(nameof(MassTransit.ISaga.CorrelationId), wanted, cancellationToken);
        foreach (var id in wanted)
            _known[id] = null;
        found.ForEach(saga => _known[saga.CorrelationId] = saga);
    }

    /// <summary>The saga, locked; null when there is none.</summary>
    public async Task<TSaga?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await LockAsync([id], cancellationToken);
        return _known[id];
    }

    public void Add(TSaga saga)
    {
        db.Add(saga);
        _known[saga.CorrelationId] = saga;
    }

    public void Remove(TSaga saga)
    {
        db.Remove(saga);
        _known[saga.CorrelationId] = null;
    }
}
