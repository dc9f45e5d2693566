using Microsoft.Extensions.Options;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Hosting;
using Orchestrator.Messaging;
using Orchestrator.Persistence.Outbox;
using Orchestrator.Pipeline.Saga;

namespace Orchestrator.Pipeline.Flow;

/// <summary>Gives free places to those who wait, in fair order: right after the transaction that freed one, and by a sweep behind it. Any number of processes may do so.</summary>
public sealed partial class Release(IServiceScopeFactory scopes, ReadyGauge gauge, IOptions<PipelineOptions> options, TimeProvider clock, ILogger<Release> logger) : BackgroundService
{
    // A look at keys stands behind wakes that are sent with the end of each job.
    private const int LooksPerKeyLook = 4;

    /// <summary>A round reads all who wait, and many places become free at the same time.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Longer than the transaction takes that is about to write the row of who waits.</summary>
    private static readonly TimeSpan Expected = TimeSpan.FromSeconds(10);

    private readonly Bell _bell = new();
    private volatile bool _anyWaits;
    private long _expectedAt = long.MinValue / 2;

    /// <summary>Somebody is about to wait.</summary>
    public void Expect() => Interlocked.Exchange(ref _expectedAt, clock.GetTimestamp());

    /// <summary>A place may have become free.</summary>
    public void Ring()
    {
        if (_anyWaits || clock.GetElapsedTime(Interlocked.Read(ref _expectedAt)) < Expected)
            _bell.Ring();
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
        var (swept, looks) = (clock.GetTimestamp(), 0);
        while (true)
        {
            // Rings must not keep the sweep away.
            var left = options.Value.SweepInterval - clock.GetElapsedTime(swept);
            var sweep = left <= TimeSpan.Zero || !await _bell.WaitAsync(left, stoppingToken).ConfigureAwait(false);
            if (sweep)
                (swept, looks) = (clock.GetTimestamp(), looks + 1);
            try
            {
                await RoundAsync(sweep, keys: sweep && looks % LooksPerKeyLook == 0, stoppingToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(logger, exception);
            }

            await Task.Delay(Pause, clock, stoppingToken).ConfigureAwait(false);
        }
    }

    private async Task RoundAsync(bool sweep, bool keys, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PipelineDbContext>();
        var outbox = scope.ServiceProvider.GetRequiredService<MessageOutbox<PipelineDbContext>>();
        var round = new ReleaseRound(db, options.Value, clock);
        var counts = await round.CountAsync(cancellationToken).ConfigureAwait(false);
        gauge.Set(counts);
        _anyWaits = counts.Keys.Any(key => key.State == PlaceState.Waiting);
        var work = counts.Keys.Any(key => key.State != PlaceState.Taken) && (sweep || round.HasRoom(counts));
        keys = keys && await round.AnyKeyWaitsAsync(cancellationToken).ConfigureAwait(false);
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
