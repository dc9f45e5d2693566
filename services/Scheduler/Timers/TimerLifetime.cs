using Microsoft.Extensions.Options;
using Orchestrator.Persistence;
using Orchestrator.Persistence.Startup;
using Quartz;

namespace Orchestrator.Scheduler.Timers;

/// <summary>
/// Makes the schema before anything starts, and stops firing before anything stops: a timer must never meet a bus that is
/// already gone, in whatever order the two were registered.
/// </summary>
internal sealed class TimerLifetime(TimerStore store, IOptions<DatabaseOptions> options, DatabaseStart start, ISchedulerFactory schedulers) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => start.WaitAsync(SchedulerRegistration.Schema, PrepareAsync, cancellationToken);

    public async Task StoppingAsync(CancellationToken cancellationToken) =>
        await (await schedulers.GetScheduler(cancellationToken)).Standby(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<string?> PrepareAsync(CancellationToken cancellationToken)
    {
        if (options.Value.MigrateAtStart)
        {
            await store.PrepareAsync(cancellationToken);
            return null;
        }

        return await store.IsPreparedAsync(cancellationToken) ? null : DatabaseStart.NotMigrated;
    }
}
