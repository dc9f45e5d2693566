using Microsoft.EntityFrameworkCore;

namespace Orchestrator.Persistence;

/// <summary>Pessimistic reads: whoever comes second waits instead of failing and starting over.</summary>
public static class LockedRows
{
    /// <summary>
    /// The rows whose column has one of these values, tracked and locked, in one order for everybody, so that two who lock the same rows do not
    /// wait for each other. On SQLite the transaction itself is the lock.
    /// </summary>
    /// <param name="db">A context with an open transaction.</param>
    /// <param name="property">A mapped property with an index.</param>
    /// <param name="values">Its values.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<List<T>> FindAllLockedAsync<T>(this ServiceDbContext db, string property, Guid[] values, CancellationToken cancellationToken = default)
        where T : class
    {
        if (db.Sql.IsPostgres)
        {
            // Rows with complex properties cannot be read by statements of our own: then the lock comes by itself.
            var whole = !db.Model.FindEntityType(typeof(T))!.GetComplexProperties().Any();
            var statement = db.Sql.Statement($"rows.lock.{typeof(T).FullName}.{property}", sql =>
            {
                var column = sql.Column(typeof(T), property);
                return $"select {(whole ? "*" : $"{column} as \"Value\"")} from {sql.Table(typeof(T))} where {column} = any({{0}}) order by {sql.Key(typeof(T))}{sql.ForUpdate}";
            });
            if (whole)
                return await db.Set<T>().FromSqlRaw(statement, (object)values).AsTracking().ToListAsync(cancellationToken);
            await db.Database.SqlQueryRaw<Guid>(statement, (object)values).ToListAsync(cancellationToken);
        }

        return await db.Set<T>().AsTracking().Where(row => values.Contains(EF.Property<Guid>(row, property))).ToListAsync(cancellationToken);
    }

    /// <summary>As above, for rows that are known by several columns together.</summary>
    /// <param name="db">A context with an open transaction.</param>
    /// <param name="columns">Mapped properties with their values, as many of each; the first is a <see cref="Guid"/> with an index, and all rows that share it may be read.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<List<T>> FindAllLockedAsync<T>(this ServiceDbContext db, IReadOnlyList<(string Property, Array Values)> columns, CancellationToken cancellationToken = default)
        where T : class
    {
        if (!db.Sql.IsPostgres)
            return await db.FindAllLockedAsync<T>(columns[0].Property, [.. ((Guid[])columns[0].Values).Distinct()], cancellationToken);
        var statement = db.Sql.Statement($"rows.lock.{typeof(T).FullName}.{string.Join('.', columns.Select(column => column.Property))}", sql =>
        {
            var names = string.Join(", ", columns.Select(column => sql.Column(typeof(T), column.Property)));
            var places = string.Join(", ", columns.Select((_, place) => $"{{{place}}}"));
            // Of the rows alone that share the first column: the pairs by themselves are a join, for which the planner reads the table.
            return $"select * from {sql.Table(typeof(T))} where {sql.Column(typeof(T), columns[0].Property)} = any({{0}}) and ({names}) in (select * from unnest({places})) order by {sql.Key(typeof(T))}{sql.ForUpdate}";
        });
        return await db.Set<T>().FromSqlRaw(statement, [.. columns.Select(column => (object)column.Values)]).AsTracking().ToListAsync(cancellationToken);
    }
}
