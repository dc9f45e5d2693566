using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Orchestrator.Persistence.Sagas;

/// <summary>Reads of saga rows.</summary>
internal static class SagaRows
{
    public static Task<TSaga?> ReadAsync<TSaga>(ServiceDbContext db, Guid correlationId, CancellationToken cancellationToken)
        where TSaga : class, ISaga =>
        db.Set<TSaga>().AsNoTracking().SingleOrDefaultAsync(saga => saga.CorrelationId == correlationId, cancellationToken);

    /// <summary>In one order for everybody, so that two queries that lock the same sagas do not wait for each other.</summary>
    public static Task<List<Guid>> FindAsync<TSaga>(ServiceDbContext db, ISagaQuery<TSaga> query, CancellationToken cancellationToken)
        where TSaga : class, ISaga =>
        db.Set<TSaga>().AsNoTracking().Where(query.FilterExpression).Select(saga => saga.CorrelationId).OrderBy(id => id).ToListAsync(cancellationToken);
}
