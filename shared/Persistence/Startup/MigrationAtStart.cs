using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Orchestrator.Persistence.Startup;

/// <summary>Brings every schema of the process up to date, or waits until somebody has, before the bus and the doors open.</summary>
internal sealed class MigrationAtStart(IEnumerable<IServiceDatabase> databases, IOptions<DatabaseOptions> options, DatabaseStart start) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        foreach (var database in databases)
            await start.WaitAsync(database.Name, ct => PrepareAsync(database, ct), cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<string?> PrepareAsync(IServiceDatabase database, CancellationToken cancellationToken)
    {
        if (options.Value.MigrateAtStart)
        {
            await database.MigrateAsync(cancellationToken);
            return null;
        }

        return await database.IsMigratedAsync(cancellationToken) ? null : DatabaseStart.NotMigrated;
    }
}
