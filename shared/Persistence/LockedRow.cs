using Microsoft.EntityFrameworkCore;
using Orchestrator.Persistence.Providers;

namespace Orchestrator.Persistence;

/// <summary>Pessimistic reads: whoever comes second waits instead of failing and starting over.</summary>
public static class LockedRow
{
    /// <summary>
    /// The row with this primary key, tracked, locked until the end of the open transaction; null when there is none (then
    /// nothing is locked, and of two who insert it one fails). On SQLite the transaction itself is the lock.
    /// </summary>
    /// <param name="db">A context with an open transaction.</param>
    /// <param name="key">The values of the primary key, in the order of its columns.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<T?> FindLockedAsync<T>(this ServiceDbContext db, object[] key, CancellationToken cancellationToken = default)
        where T : class
    {
        var statement = db.Sql.Statement($"row.lock.{typeof(T).FullName}", Select<T>);
        var rows = await db.Set<T>().FromSqlRaw(statement, key).AsTracking().ToListAsync(cancellationToken);
        return rows.SingleOrDefault();
    }

    private static string Select<T>(SqlDialect sql)
    {
        var conditions = sql.KeyColumns(typeof(T)).Select((column, position) => $"{column} = {{{position}}}");
        return $"select * from {sql.Table(typeof(T))} where {string.Join(" and ", conditions)}{sql.ForUpdate}";
    }
}
