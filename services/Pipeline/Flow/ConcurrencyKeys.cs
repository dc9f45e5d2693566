using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Messaging;
using Orchestrator.Persistence.Sagas;
using Orchestrator.Pipeline.Saga;

namespace Orchestrator.Pipeline.Flow;

/// <summary>
/// At most so many running jobs per <c>concurrency_key</c>, first come first served. Who holds a place is read from the runs themselves, under a lock of the
/// key, so nothing can leak: a run holds its place from its admission until it is over, parked or not.
/// </summary>
public sealed class ConcurrencyKeys(IOptions<PipelineOptions> options, TimeProvider clock)
{
    /// <summary>Whether the run may start; if not it waits, and says so once.</summary>
    public async Task<bool> AdmitAsync(BehaviorContext<PipelineState> context)
    {
        var run = context.Saga;
        if (run.ConcurrencyKey is not { } key || run.AdmittedAt is not null)
            return true;
        var runs = await LockAsync(context, key).ConfigureAwait(false);
        var holders = await Holders(runs, run).Select(other => other.JobId).ToListAsync(context.CancellationToken).ConfigureAwait(false);
        var (since, id) = (run.QueuedAt, run.CorrelationId);
        var before = await Waiters(runs, run)
            .CountAsync(other => since == null || other.QueuedAt < since || (other.QueuedAt == since && other.CorrelationId.CompareTo(id) < 0), context.CancellationToken).ConfigureAwait(false);
        if (holders.Count + before < options.Value.JobsPerConcurrencyKey)
        {
            (run.AdmittedAt, run.QueuedAt) = (clock.GetUtcNow(), null);
            return true;
        }

        if (run.QueuedAt is null)
        {
            run.QueuedAt = clock.GetUtcNow();
            var ahead = holders.Count == 0 ? "" : $", now {string.Join(", ", holders.Take(3))}{(holders.Count > 3 ? ", …" : "")}";
            await context.Publish(new JobQueued(
                run.CorrelationId, run.JobId, run.Run,
                $"The concurrency key '{key}' lets {options.Value.JobsPerConcurrencyKey} run at a time{ahead}; {before} wait before it.",
                run.QueuedAt.Value)).ConfigureAwait(false);
        }

        return false;
    }

    /// <summary>The run is over: wakes those whose turn it is now. They look for themselves under the key's lock.</summary>
    public async Task ReleaseAsync(BehaviorContext<PipelineState> context)
    {
        var run = context.Saga;
        if (run.ConcurrencyKey is not { } key)
            return;
        var runs = await LockAsync(context, key).ConfigureAwait(false);
        var free = options.Value.JobsPerConcurrencyKey - await Holders(runs, run).CountAsync(context.CancellationToken).ConfigureAwait(false);
        var next = await Waiters(runs, run).OrderBy(other => other.QueuedAt).ThenBy(other => other.CorrelationId)
            .Select(other => other.CorrelationId).Take(Math.Max(0, free)).ToListAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (var id in next)
            await context.Send(Queues.Address(Queues.Pipeline), new WakeJob(id, "queue", null, Force: false)).ConfigureAwait(false);
    }

    private static IQueryable<PipelineState> Holders(IQueryable<PipelineState> runs, PipelineState run) =>
        runs.Where(other => other.ConcurrencyKey == run.ConcurrencyKey && other.FinishedAt == null && other.AdmittedAt != null && other.CorrelationId != run.CorrelationId);

    private static IQueryable<PipelineState> Waiters(IQueryable<PipelineState> runs, PipelineState run) =>
        runs.Where(other => other.ConcurrencyKey == run.ConcurrencyKey && other.QueuedAt != null && other.CorrelationId != run.CorrelationId);

    /// <summary>
    /// Until the transaction ends nobody else decides about this key. Who shares a transaction waits for no key: two that hold one and want the other's
    /// would wait for ever. On SQLite the transaction itself is the lock.
    /// </summary>
    private static async Task<IQueryable<PipelineState>> LockAsync(BehaviorContext<PipelineState> context, string key)
    {
        var db = context.GetPayload<PipelineDbContext>();
        var name = "orchestrator.key." + key;
        var isShared = context.GetPayload<SagaCompany>().IsShared;
        if (db.Database.IsNpgsql()
            && !await db.Database.SqlQuery<bool>($"select pg_try_advisory_xact_lock(hashtextextended({name}, 0)) as \"Value\"").SingleAsync(context.CancellationToken).ConfigureAwait(false))
        {
            if (isShared)
                throw new NotInCompanyException($"The concurrency key '{key}' is being decided about.");
            await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended({name}, 0))", context.CancellationToken).ConfigureAwait(false);
        }

        // What the company has decided counts, and is read from the rows.
        if (isShared)
            await db.SaveChangesAsync(context.CancellationToken).ConfigureAwait(false);
        return db.Set<PipelineState>().AsNoTracking();
    }
}
