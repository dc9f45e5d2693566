using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Orchestrator.Persistence.Sagas;

/// <summary>Reads of saga rows.</summary>
internal static class SagaRows
{
    /// <summary>Locks and loads in one round trip. On SQLite the transaction is the lock.</summary>
    public static async Task<TSaga?> LockAsync<TSaga>(ServiceDbContext db, Guid correlationId, CancellationToken cancellationToken)
        where TSaga : class, ISaga
    {
        var statement = db.Sql.Statement($"saga.lock.{typeof(TSaga).FullName}", static words =>
            $"select * from {words.Table(typeof(TSaga))} where {words.Column(typeof(TSaga), nameof(ISaga.CorrelationId))} = {{0}}{words.ForUpdate}");
        var rows = await db.Set<TSaga>().FromSqlRaw(statement, correlationId).AsTracking().ToListAsync(cancellationToken);
        return rows.SingleOrDefault();
    }

    public static Task<TSaga?> ReadAsync<TSaga>(ServiceDbContext db, Guid correlationId, CancellationToken cancellationToken)
        where TSaga : class, ISaga =>
        db.Set<TSaga>().AsNoTracking().SingleOrDefaultAsync(saga => saga.CorrelationId == correlationId, cancellationToken);

    /// <summary>In one order for everybody, so that two queries that lock the same sagas do not wait for each other.</summary>
    public static Task<List<Guid>> FindAsync<TSaga>(ServiceDbContext db, ISagaQuery<TSaga> query, CancellationToken cancellationToken)
        where TSaga : class, ISaga =>
        db.Set<TSaga>().AsNoTracking().Where(query.FilterExpression).Select(saga => saga.CorrelationId).OrderBy(id => id).ToListAsync(cancellationToken);
}
