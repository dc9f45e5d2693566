using Microsoft.EntityFrameworkCore;
using Orchestrator.Hosting.Failpoints;
using Orchestrator.Messaging;
using Orchestrator.Messaging.Failures;
using Orchestrator.Persistence;
using Orchestrator.Persistence.Leases;

namespace Orchestrator.Gateway.FailedQueues;

/// <summary>
/// Carries decisions out: sends again, then takes the copies out of the failed queue, then says so. A process that dies in between is
/// followed by the next sweep, which may send a second time, under the same id.
/// </summary>
internal sealed class FailedWork(IServiceScopeFactory scopes, IFailedQueues queues, TimeProvider clock)
{
    private const int AtOnce = 200;
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(30);

    // The copy in the index may be there a moment before the one in the failed queue.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    /// <summary>Does whatever is due.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<GatewayDbContext>();
            var due = await DueRows.TakeAsync<FailedMessageRow>(db, row => row.DueAt, AtOnce, Hold, cancellationToken);
            foreach (var queue in due.GroupBy(row => row.Queue))
                await CarryOutAsync(db, queue.Key, [.. queue.Select(row => row.Id)], cancellationToken);
            if (due.Count < AtOnce)
                return;
        }
    }

    private async Task CarryOutAsync(GatewayDbContext db, string queue, long[] ids, CancellationToken cancellationToken)
    {
        await using var alone = await db.EnterAloneAsync($"failed.{queue}", cancellationToken);
        // Read now: whoever had the turn before may have done it.
        var rows = await db.FailedMessages.Where(row => ids.Contains(row.Id) && (row.State == FailedState.Requeueing || row.State == FailedState.Discarding))
            .OrderBy(row => row.Id).ToListAsync(cancellationToken);
        if (rows.Count == 0)
            return;
        await using var broker = await queues.OpenAsync(cancellationToken);
        foreach (var row in rows.Where(row => IsToBeSent(row) && row.BodyBytes <= FailedBodyRow.Longest))
        {
            var body = await db.FailedBodies.Where(kept => kept.Id == row.Id).Select(kept => kept.Body).SingleAsync(cancellationToken);
            await broker.SendAgainAsync(queue, FailedIndex.IdOf(row), FailedIndex.PropertiesOf(row), body, cancellationToken);
            row.SentAt = clock.GetUtcNow();
        }

        await Failpoint.AroundAsync("failed.sent.save", () => db.SaveChangesAsync(cancellationToken));
        var pass = await broker.RemoveAsync(queue, [.. rows.Select(row => row.Fingerprint)], SendCutAsync, cancellationToken);
        var left = pass.Removed.ToList();
        foreach (var row in rows)
            End(row, left.Remove(row.Fingerprint), pass.IsWhole, clock.GetUtcNow());
        await Failpoint.AroundAsync("failed.done.save", () => db.SaveChangesAsync(cancellationToken));

        // Of a body that is too large to be kept here the failed queue has all.
        async Task SendCutAsync(string fingerprint, MessageProperties properties, ReadOnlyMemory<byte> body)
        {
            if (rows.Find(row => row.Fingerprint == fingerprint && IsToBeSent(row)) is not { } row)
                return;
            await broker.SendAgainAsync(queue, FailedIndex.IdOf(row), properties, body, cancellationToken);
            row.SentAt = clock.GetUtcNow();
        }
    }

    /// <summary>A failed job is retried by a command; its copy only goes.</summary>
    private static bool IsToBeSent(FailedMessageRow row) => row is { State: FailedState.Requeueing, SentAt: null } && row.Queue != Queues.FailedJobs;

    private static void End(FailedMessageRow row, bool found, bool isWhole, DateTimeOffset now)
    {
        if (!found && (!isWhole || now - row.ReceivedAt < Settling))
        {
            row.DueAt = now + LookAgain;
            row.Note = isWhole ? null : "The failed queue was not seen to its end, so the message may still be there: it is looked for again.";
            return;
        }

        row.DueAt = null;
        if (IsToBeSent(row))
        {
            row.State = FailedState.Open;
            row.Note = "The failed queue does not have the message any more, and the index keeps only its beginning: it can be discarded, not requeued.";
            return;
        }

        row.State = row.State == FailedState.Requeueing ? FailedState.Requeued : FailedState.Discarded;
        row.DoneAt = now;
        row.Note = found ? null : "The failed queue did not have the message any more.";
    }
}
