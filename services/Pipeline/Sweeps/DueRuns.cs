using Microsoft.Extensions.Options;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Messaging;
using Orchestrator.Persistence.Leases;
using Orchestrator.Persistence.Outbox;
using Orchestrator.Pipeline.Saga;

namespace Orchestrator.Pipeline.Sweeps;

/// <summary>Turns runs whose moment has come (parked, back-off, a command without an answer) into <see cref="WakeJob"/>. Any instance does it for all; waiting costs a row.</summary>
public sealed partial class DueRuns(IServiceScopeFactory scopes, IOptions<PipelineOptions> options, TimeProvider clock, ILogger<DueRuns> logger) : BackgroundService
{
    private const int Batch = 200;

    /// <summary>A wake that got lost is sent again after this time.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(30);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.SweepInterval, clock);
        do
        {
            try
            {
                while (await WakeAsync(stoppingToken).ConfigureAwait(false) == Batch)
                {
                }
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(logger, exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    private async Task<int> WakeAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PipelineDbContext>();
        var outbox = scope.ServiceProvider.GetRequiredService<MessageOutbox<PipelineDbContext>>();
        return await outbox.InTransactionAsync(
            async cancel =>
            {
                var due = await DueRows.TakeAsync<PipelineState>(db, run => run.DueAt, Batch, Again, cancel).ConfigureAwait(false);
                foreach (var run in due)
                    await outbox.Send(Queues.Pipeline, new WakeJob(run.CorrelationId, "sweep", null, Force: false), cancel).ConfigureAwait(false);
                return due.Count;
            },
            cancellationToken).ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Runs that are due could not be looked for")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
