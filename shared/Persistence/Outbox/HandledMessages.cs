using Microsoft.EntityFrameworkCore;

namespace Orchestrator.Persistence.Outbox;

/// <summary>The inbox of a group of messages, in the transaction of what they do.</summary>
internal static class HandledMessages
{
    /// <summary>Remembers them and answers which were not known before. A twin that is being handled at this moment is waited for, since its row locks the key.</summary>
    public static async Task<HashSet<Guid>> RememberAsync(ServiceDbContext db, IEnumerable<Guid> messages, Guid consumerId, CancellationToken cancellationToken)
    {
        var ids = messages.Distinct().ToArray();
        if (db.Sql.IsPostgres)
        {
            // In one order for everybody, so that two who remember the same messages do not wait for each other.
            var all = db.Sql.Statement("inbox.remember.all", static sql =>
                $"insert into {sql.Table(typeof(InboxRow))} (message_id, consumer_id, received_at) " +
                $"select id, {{1}}, {sql.Clock} from unnest({{0}}) id order by id on conflict do nothing returning *");
            var rows = await db.Set<InboxRow>().FromSqlRaw(all, ids, consumerId).AsNoTracking().ToListAsync(cancellationToken);
            return [.. rows.Select(row => row.MessageId)];
        }

        var one = db.Sql.Statement("inbox.remember.one", static sql =>
            $"insert into {sql.Table(typeof(InboxRow))} (message_id, consumer_id, received_at) values ({{0}}, {{1}}, {sql.Clock}) on conflict do nothing");
        var fresh = new HashSet<Guid>();
        foreach (var id in ids)
        {
            if (await db.Database.ExecuteSqlRawAsync(one, [id, consumerId], cancellationToken) == 1)
                fresh.Add(id);
        }

        return fresh;
    }
}
