using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;
using Orchestrator.Messaging;
using Orchestrator.Persistence.Outbox;

namespace Orchestrator.Gateway.FailedQueues;

/// <summary>Carries out what nobody finished, counts what waits for an operator, and forgets what was decided long ago.</summary>
internal sealed partial class FailedWorker : BackgroundService
{
    private const int CountEvery = 2;
    private const int ForgetEvery = 720;
    private const int ForgetAtOnce = 1000;
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Retention = TimeSpan.FromDays(30);

    private readonly IServiceScopeFactory _scopes;
    private readonly FailedWork _work;
    private readonly TimeProvider _clock;
    private readonly ILogger<FailedWorker> _logger;
    private volatile Dictionary<string, int> _open = [];

    public FailedWorker(IServiceScopeFactory scopes, FailedWork work, IMeterFactory meters, TimeProvider clock, ILogger<FailedWorker> logger)
    {
        (_scopes, _work, _clock, _logger) = (scopes, work, clock, logger);
        meters.Create("Orchestrator.Gateway").CreateObservableGauge("orchestrator.queue.failed", Measure, "{message}", "Failed messages that wait for an operator");
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Sweep, _clock);
        for (var round = 0; await timer.WaitForNextTickAsync(stoppingToken); round++)
        {
            try
            {
                await _work.RunAsync(stoppingToken);
                if (round % CountEvery == 0)
                    await CountAsync(stoppingToken);
                if (round % ForgetEvery == 0)
                    await ForgetAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogRoundFailed(exception);
            }
        }
    }

    private IEnumerable<Measurement<int>> Measure() =>
        Queues.All.Append(Queues.FailedJobs).Union(_open.Keys).Select(queue => new Measurement<int>(_open.GetValueOrDefault(queue), new KeyValuePair<string, object?>("queue", queue)));

    private async Task CountAsync(CancellationToken cancellationToken)
    {
        await using var scope = _scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<GatewayDbContext>();
        _open = await db.FailedMessages.Where(row => row.State == FailedState.Open).GroupBy(row => row.Queue)
            .Select(queue => new { queue.Key, Count = queue.Count() }).ToDictionaryAsync(queue => queue.Key, queue => queue.Count, cancellationToken);
    }

    private async Task ForgetAsync(CancellationToken cancellationToken)
    {
        await using var scope = _scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<GatewayDbContext>();
        var before = _clock.GetUtcNow() - Retention;
        var old = await db.FailedMessages.Where(row => row.DoneAt < before).OrderBy(row => row.Id).Select(row => row.Id).Take(ForgetAtOnce).ToListAsync(cancellationToken);
        await scope.ServiceProvider.GetRequiredService<MessageOutbox<GatewayDbContext>>().InTransactionAsync(
            cancel => db.FailedMessages.Where(row => old.Contains(row.Id)).ExecuteDeleteAsync(cancel), cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Decisions on failed messages could not be carried out; they are tried again")]
    private partial void LogRoundFailed(Exception exception);
}
