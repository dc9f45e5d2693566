using Microsoft.Extensions.Options;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Messaging;
using Orchestrator.Persistence.Outbox;
using Orchestrator.Pipeline.Saga;

namespace Orchestrator.Pipeline.Flow;

/// <summary>Gives free places to those who wait, in fair order: right after the transaction that freed one, and by a sweep behind it. Any number of processes may do so.</summary>
public sealed partial class Release(IServiceScopeFactory scopes, ReadyGauge gauge, IOptions<PipelineOptions> options, TimeProvider clock, ILogger<Release> logger) : BackgroundService
{
    private readonly SemaphoreSlim _bell = new(0, 1);
    private volatile bool _anyWaits;

    /// <summary>Somebody is about to wait.</summary>
    public void Expect() => _anyWaits = true;

    /// <summary>A place may have become free.</summary>
    public void Ring()
    {
        if (!_anyWaits || _bell.CurrentCount > 0)
            return;
        try
        {
            _bell.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else rang in this moment.
        }
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        _bell.Dispose();
        base.Dispose();
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var rung = await _bell.WaitAsync(4 * options.Value.SweepInterval, stoppingToken).ConfigureAwait(false);
            try
            {
                await RoundAsync(sweep: !rung, stoppingToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(logger, exception);
            }
        }
    }

    private async Task RoundAsync(bool sweep, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PipelineDbContext>();
        var outbox = scope.ServiceProvider.GetRequiredService<MessageOutbox<PipelineDbContext>>();
        var round = new ReleaseRound(db, options.Value, clock);
        var counts = await round.CountAsync(cancellationToken).ConfigureAwait(false);
        gauge.Set(counts);
        _anyWaits = counts.Keys.Any(key => key.State == PlaceState.Waiting);
        var work = counts.Keys.Any(key => key.State != PlaceState.Taken) && (sweep || round.HasRoom(counts));
        var keys = sweep && await round.AnyKeyWaitsAsync(cancellationToken).ConfigureAwait(false);
        if (!work && !keys)
            return;
        await outbox.InTransactionAsync(
            async cancel =>
            {
                if (!await round.EnterAsync(cancel).ConfigureAwait(false))
                    return 0;
                var granted = await round.GrantAsync(sweep, cancel).ConfigureAwait(false);
                foreach (var step in granted)
                    await outbox.Send(Queues.Pipeline, new StartStep(step.PipelineId, step.StepId), cancel).ConfigureAwait(false);
                foreach (var run in keys ? await round.AdmittableAsync(cancel).ConfigureAwait(false) : [])
                    await outbox.Send(Queues.Pipeline, new WakeJob(run, "queue", null, Force: false), cancel).ConfigureAwait(false);
                return granted.Count;
            },
            cancellationToken).ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Steps that wait could not be released")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
