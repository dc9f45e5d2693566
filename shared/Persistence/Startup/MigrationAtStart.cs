using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Persistence.Outbox;

namespace Orchestrator.Persistence.Startup;

/// <summary>Brings every schema of the process up to date, or waits until somebody has, before the bus and the doors open.</summary>
internal sealed partial class MigrationAtStart(
    IEnumerable<IServiceDatabase> databases, IOptions<DatabaseOptions> options, DatabaseClock clock, ILogger<MigrationAtStart> logger)
    : IHostedLifecycleService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(options.Value.StartTimeout);
        foreach (var database in databases)
            await PrepareAsync(database, deadline.Token);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task PrepareAsync(IServiceDatabase database, CancellationToken cancellationToken)
    {
        for (var told = false; ; told = true)
        {
            string reason;
            try
            {
                if (options.Value.MigrateAtStart)
                {
                    await database.MigrateAsync(cancellationToken);
                    return;
                }

                if (await database.IsMigratedAsync(cancellationToken))
                    return;
                reason = "its schema is not up to date; run the service with the argument 'migrate'";
            }
            catch (Exception exception) when (RetryableFailure.IsOutage(exception))
            {
                reason = exception.Message;
            }

            if (!told)
                LogWaiting(database.Name, reason);
            try
            {
                await Task.Delay(Pause, clock, cancellationToken);
            }
            catch (OperationCanceledException exception)
            {
                throw new TimeoutException($"The database '{database.Name}' cannot be used: {reason}.", exception);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Waiting for database {Database}: {Reason}")]
    private partial void LogWaiting(string database, string reason);
}
