using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Orchestrator.Hosting.Failpoints;
using Orchestrator.Persistence.Providers;

namespace Orchestrator.Persistence.Leases;

/// <summary>
/// What waits for a time is an indexed column and a sweep: no timer, no thread, and any number of processes may sweep.
/// The database's <c>clock()</c> decides what is due.
/// </summary>
public static class DueRows
{
    /// <summary>
    /// Takes up to <paramref name="most"/> rows that are due and makes them due again after <paramref name="hold"/>, in one statement
    /// that passes over rows others hold. Whoever takes a row deals with it and sets or clears its due time; whoever dies in
    /// between is followed by the next sweep. The rows come back untracked and in no order.
    /// </summary>
    /// <param name="db">The context.</param>
    /// <param name="dueAt">The indexed column; null there is never due.</param>
    /// <param name="most">Limit.</param>
    /// <param name="hold">How long others keep off.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<IReadOnlyList<T>> TakeAsync<T>(
        ServiceDbContext db, Expression<Func<T, object?>> dueAt, int most, TimeSpan hold, CancellationToken cancellationToken = default)
        where T : class
    {
        var sql = db.Sql;
        var column = Name(dueAt);
        var statement = sql.Statement($"due.{typeof(T).FullName}.{column}", words => Take(words, typeof(T), column));
        return await Failpoint.AroundAsync("due.take", () => db.Set<T>().FromSqlRaw(statement, sql.Span(hold), most).AsNoTracking().ToListAsync(cancellationToken));
    }

    private static string Take(SqlDialect sql, Type type, string column)
    {
        var (table, key, due) = (sql.Table(type), sql.Key(type), sql.Column(type, column));
        // Materialised: a plan that ran the inner query twice would take more rows than it may.
        return $"with due as materialized (select {key} from {table} where {due} <= {sql.Clock} order by {due} limit {{1}}{sql.SkipLocked}) " +
            $"update {table} set {due} = {sql.Clock} + {{0}} where ({key}) in (select {key} from due) returning *";
    }

    private static string Name<T>(Expression<Func<T, object?>> property) => property.Body switch
    {
        MemberExpression member => member.Member.Name,
        UnaryExpression { Operand: MemberExpression member } => member.Member.Name,
        _ => throw new ArgumentException("Name one column, like row => row.DueAt.", nameof(property)),
    };
}
