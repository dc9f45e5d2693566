using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Persistence;
using Orchestrator.Persistence.Leases;
using Orchestrator.Persistence.Outbox;
using Orchestrator.Runners.Attempts;

namespace Orchestrator.Runners.Rescue;

/// <summary>
/// Reports launches whose lease ran out as lost, so that the saga can launch again. Any runner does it for all. Where the database was away for this one it was
/// for the holders too: they get the time of a lease to renew first.
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
        do
        {
            try
            {
                // Not just waiting: that the database goes away once more has to be noticed.
                if (LetsHoldersRenew)
                    await AskAsync(stoppingToken).ConfigureAwait(false);
                else
                    await RescueAllAsync(stoppingToken).ConfigureAwait(false);
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
