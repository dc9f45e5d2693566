using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Orchestrator.Contracts.Steps;
using Orchestrator.Hosting.Failpoints;
using Orchestrator.Persistence.Providers;

namespace Orchestrator.Persistence.Leases;

/// <summary>
/// Who may run a launch, and whose report counts. Every decision is one statement by the database's clock; each method
/// joins the transaction of the context if one is open, so a claim commits with the inbox and a report with its events.
/// </summary>
/// <param name="db">A context that has called <see cref="AttemptLeaseMapping.MapAttemptLeases"/>.</param>
public sealed class AttemptLeases(ServiceDbContext db)
{
    /// <summary>Claims the launch for <paramref name="owner"/>. Repeating it is harmless: the answer tells what became of the first claim.</summary>
    /// <param name="command">The command, JSON.</param>
    /// <param name="key">The launch.</param>
    /// <param name="role">Role of the runner.</param>
    /// <param name="agent">The agent.</param>
    /// <param name="owner">The process, a new name for every start.</param>
    /// <param name="lease">How long it may go without renewal.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<LeaseClaim> ClaimAsync(
        AttemptKey key, StepRole role, string agent, string owner, TimeSpan lease, string command, CancellationToken cancellationToken = default)
    {
        var claimed = await Rows(
            "lease.claim", LeaseStatements.Claim,
            key.PipelineId, key.JobId, key.Run, key.StepId, key.Visit, key.Attempt, key.Token,
            SnakeCaseEnum<StepRole>.Write(role), agent, owner, db.Sql.Span(lease), command).AsNoTracking().ToListAsync(cancellationToken);
        var row = claimed.Count == 1 ? claimed[0] : await FindAsync(key, cancellationToken);
        return new LeaseClaim(Result(claimed.Count == 1, row, key.Token), row);
    }

    /// <summary>
    /// Renews those of the owner's leases that nobody has marked lost and returns them, those to be cancelled marked so. One that is missing is lost: end its
    /// processes, report nothing. A lease that the owner does not name runs out: nobody works for it.
    /// </summary>
    /// <param name="owner">Who claimed them.</param>
    /// <param name="lease">How long they may go without the next renewal.</param>
    /// <param name="launches">What the owner runs.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<AttemptLease>> RenewAsync(
        string owner, TimeSpan lease, IReadOnlyCollection<AttemptKey> launches, CancellationToken cancellationToken = default)
    {
        if (launches.Count == 0)
            return [];
        object[] arguments = [db.Sql.Span(lease), owner, .. launches.SelectMany(launch => new object[] { launch.PipelineId, launch.Token })];
        var rows = Rows(string.Create(CultureInfo.InvariantCulture, $"lease.renew.{launches.Count}"), sql => LeaseStatements.Renew(sql, launches.Count), arguments);
        return await Failpoint.AroundAsync("lease.renew", () => rows.AsNoTracking().ToListAsync(cancellationToken));
    }

    /// <summary>Ends the launch with its report. False when the lease is gone: the report must not be published and nothing of it counts.</summary>
    /// <param name="key">The launch; its token is compared.</param>
    /// <param name="owner">Who claimed it.</param>
    /// <param name="state"><see cref="AttemptState.Finished"/> or <see cref="AttemptState.HandedBack"/>.</param>
    /// <param name="report">The report, JSON.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<bool> FinishAsync(AttemptKey key, string owner, AttemptState state, string report, CancellationToken cancellationToken = default)
    {
        if (state is not (AttemptState.Finished or AttemptState.HandedBack))
            throw new ArgumentOutOfRangeException(nameof(state), state, "An owner finishes a launch or hands it back.");
        return await db.Database.ExecuteSqlRawAsync(
            db.Sql.Statement("lease.finish", LeaseStatements.Finish),
            [SnakeCaseEnum<AttemptState>.Write(state), report, key.PipelineId, key.Run, key.StepId, key.Visit, key.Attempt, key.Token, owner],
            cancellationToken) == 1;
    }

    /// <summary>
    /// Marks launches whose lease ran out as lost and returns them, tracked. Call it in a transaction, set
    /// <see cref="AttemptLease.Report"/> of each, publish the report and save: then it is reported exactly when it is marked.
    /// </summary>
    public async Task<IReadOnlyList<AttemptLease>> TakeLostAsync(int most, CancellationToken cancellationToken = default)
    {
        if (db.Database.CurrentTransaction is null)
            throw new InvalidOperationException("Without a transaction a crash would lose the report of what was marked.");
        return await Rows("lease.lost", LeaseStatements.Lost, most).AsTracking().ToListAsync(cancellationToken);
    }

    /// <summary>Asks the owner to end the launch; it sees it at its next renewal at the latest. False when it does not run.</summary>
    public async Task<bool> RequestCancelAsync(AttemptKey key, CancellationToken cancellationToken = default) =>
        await db.Set<AttemptLease>()
            .Where(row => row.PipelineId == key.PipelineId && row.Run == key.Run && row.StepId == key.StepId
                && row.Visit == key.Visit && row.Attempt == key.Attempt && row.State == AttemptState.Running)
            .ExecuteUpdateAsync(row => row.SetProperty(x => x.CancelRequested, true), cancellationToken) == 1;

    /// <summary>The row of the launch, untracked, or null.</summary>
    public Task<AttemptLease?> FindAsync(AttemptKey key, CancellationToken cancellationToken = default) =>
        db.Set<AttemptLease>().AsNoTracking().SingleOrDefaultAsync(
            row => row.PipelineId == key.PipelineId && row.Run == key.Run && row.StepId == key.StepId && row.Visit == key.Visit && row.Attempt == key.Attempt,
            cancellationToken);

    private IQueryable<AttemptLease> Rows(string name, Func<SqlDialect, string> statement, params object[] arguments) =>
        db.Set<AttemptLease>().FromSqlRaw(db.Sql.Statement(name, statement), arguments);

    private static ClaimResult Result(bool inserted, AttemptLease? row, long token) => row switch
    {
        _ when inserted => ClaimResult.Claimed,
        null => ClaimResult.Fenced,
        _ when row.Token != token => ClaimResult.Fenced,
        { State: AttemptState.Running } => ClaimResult.Held,
        { Report: null } => ClaimResult.Held,
        _ => ClaimResult.Over,
    };
}
