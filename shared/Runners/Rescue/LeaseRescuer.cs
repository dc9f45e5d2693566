using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Contracts.Steps;
using Orchestrator.Persistence;
using Orchestrator.Persistence.Leases;
using Orchestrator.Persistence.Outbox;
using Orchestrator.Runners.Attempts;

namespace Orchestrator.Runners.Rescue;

/// <summary>
/// Reports launches whose lease ran out as lost, so that the saga can launch again. Any runner does it for all, and tells the holder to end what it runs, which may
/// live and have lost the database alone. Where the database was away for this one it was for the holders too: they get the time of a lease to renew first.
/// </summary>
public sealed partial class LeaseRescuer(
    RunnerInstance instance,
    IServiceScopeFactory scopes,
    IOptions<DatabaseOptions> database,
    IOptions<LeaseOptions> options,
    TimeProvider clock,
    ILogger<LeaseRescuer> logger) : BackgroundService
{
    private const int Batch = 100;
    private long? _failed;

    private bool LetsHoldersRenew => _failed is { } failed && clock.GetElapsedTime(failed) < options.Value.Duration;

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (database.Value.Provider == "sqlite")
            await ExpirePredecessorAsync(stoppingToken).ConfigureAwait(false);
        using var timer = new PeriodicTimer(options.Value.SweepInterval, clock);
        var first = true;
        do
        {
            try
            {
                // Who starts after an outage has not seen it.
                if (first && await HasJustStartedAsync(stoppingToken).ConfigureAwait(false))
                    _failed = clock.GetTimestamp();
                first = false;
                var begun = clock.GetTimestamp();
                // Not just waiting: that the database goes away once more has to be noticed.
                if (LetsHoldersRenew)
                    await AskAsync(stoppingToken).ConfigureAwait(false);
                else
                    await RescueAllAsync(stoppingToken).ConfigureAwait(false);
                // A database that answers so late has been away for the holders.
                if (clock.GetElapsedTime(begun) > options.Value.Duration / 2)
                    _failed = clock.GetTimestamp();
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                _failed = clock.GetTimestamp();
                LogFailed(logger, exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    /// <summary>A SQLite file has one process: whoever holds leases in it at start is dead, and nobody has to wait for them to run out.</summary>
    private async Task ExpirePredecessorAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var now = clock.GetUtcNow();
        await scope.ServiceProvider.GetRequiredService<RunnerDbContext>().Set<AttemptLease>()
            .Where(lease => lease.State == AttemptState.Running && lease.Owner != instance.Name)
            .ExecuteUpdateAsync(lease => lease.SetProperty(row => row.LeaseUntil, now), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether the database's server is younger than a lease. A file has no server.</summary>
    private async Task<bool> HasJustStartedAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<RunnerDbContext>();
        return db.Database.IsNpgsql()
            && await db.Database.SqlQuery<bool>($"select now() - pg_postmaster_start_time() < {options.Value.Duration} as \"Value\"").SingleAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<RunnerDbContext>().Set<AttemptLease>().AnyAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task RescueAllAsync(CancellationToken cancellationToken)
    {
        while (await RescueAsync(cancellationToken).ConfigureAwait(false) == Batch)
        {
        }
    }

    private async Task<int> RescueAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var leases = scope.ServiceProvider.GetRequiredService<StepLeases>();
        var outbox = scope.ServiceProvider.GetRequiredService<MessageOutbox<RunnerDbContext>>();
        return await outbox.InTransactionAsync(
            async cancel =>
            {
                var lost = await leases.TakeLostAsync(Batch, clock.GetUtcNow(), cancel).ConfigureAwait(false);
                foreach (var report in lost)
                {
                    LogLost(logger, report.Key.JobId, report.Key.StepId, report.Key.Attempt, report.ErrorMessage!);
                    await outbox.Publish(report, cancel).ConfigureAwait(false);
                    await outbox.Publish(new CancelStep(report.Key, report.ErrorMessage!, report.Agent, report.Role), cancel).ConfigureAwait(false);
                }

                return lost.Count;
            },
            cancellationToken).ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Attempt {JobId}/{StepId}/{Attempt} is lost: {Reason}")]
    private static partial void LogLost(ILogger logger, string jobId, string stepId, int attempt, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Expired leases could not be looked for")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
