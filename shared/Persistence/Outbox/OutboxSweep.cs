using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Orchestrator.Hosting.Failpoints;
using Orchestrator.Persistence.Leases;

namespace Orchestrator.Persistence.Outbox;

/// <summary>The statements behind the sweep.</summary>
internal static class OutboxSweep
{
    /// <summary>Whether anything is overdue. The one query of an idle service, so it brings the database's time along.</summary>
    public static async Task<bool> LookAsync(ServiceDbContext db, DatabaseClock clock, CancellationToken cancellationToken)
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            var sql = db.Sql;
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.CommandText = sql.Statement("outbox.look", static words =>
                $"select {words.Clock}, exists(select 1 from {words.Table(typeof(OutboxRow))} where due_at <= {words.Clock})");
            var asked = clock.GetTimestamp();
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            if (sql.IsPostgres)
                clock.Observe(await reader.GetFieldValueAsync<DateTimeOffset>(0, cancellationToken), asked);
            return IsTrue(reader);
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    /// <summary>Takes overdue rows and holds them until the lease is over again.</summary>
    public static Task<IReadOnlyList<OutboxRow>> TakeAsync(ServiceDbContext db, int most, TimeSpan lease, CancellationToken cancellationToken) =>
        DueRows.TakeAsync<OutboxRow>(db, row => row.DueAt, most, lease, cancellationToken);

    /// <summary>Deletes a batch of inbox rows whose time is over; how many there were.</summary>
    public static Task<int> ForgetAsync(ServiceDbContext db, int most, TimeSpan retention, CancellationToken cancellationToken)
    {
        var statement = db.Sql.Statement("inbox.forget", static words =>
        {
            var inbox = words.Table(typeof(InboxRow));
            return $"delete from {inbox} where (message_id, consumer_id) in (select message_id, consumer_id from {inbox} where received_at < {words.Clock} - {{0}} limit {{1}})";
        });
        return Failpoint.AroundAsync("inbox.forget", () => db.Database.ExecuteSqlRawAsync(statement, [db.Sql.Span(retention), most], cancellationToken));
    }

    private static bool IsTrue(DbDataReader reader) => Convert.ToBoolean(reader.GetValue(1), System.Globalization.CultureInfo.InvariantCulture);
}
