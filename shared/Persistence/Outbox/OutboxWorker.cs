using System.Threading.Channels;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Hosting.Failpoints;

namespace Orchestrator.Persistence.Outbox;

/// <summary>Behind every outbox: delivers what HTTP committed, deletes what arrived, sends again what nobody delivered, forgets old inbox rows.</summary>
internal sealed partial class OutboxWorker<TDb>(
    OutboxDelivery<TDb> delivery,
    ServiceDatabase<TDb> database,
    IServiceProvider services,
    IHostApplicationLifetime lifetime,
    DatabaseClock clock,
    IOptions<DatabaseOptions> options,
    ILogger<OutboxWorker<TDb>> logger)
    : BackgroundService
    where TDb : ServiceDbContext
{
    private const int DeliverAtOnce = 64;
    private const int DeleteAtOnce = 1000;
    private const int SweepAtOnce = 200;
    private const int ForgetAtOnce = 5000;
    /// <summary>A delivered row is in nobody's way: few big deletes cost less than many small ones. Far below any lease, so none is sent again.</summary>
    private static readonly TimeSpan DeleteEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ForgetEvery = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // A message published before the queues are bound is lost without a word: wait until the whole host has started.
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        if (services.GetService<IBus>() is not null)
        {
            await Task.WhenAll(
                RepeatAsync(DeliverAsync, stoppingToken),
                RepeatAsync(DeleteAsync, stoppingToken),
                RepeatAsync(SweepAsync, stoppingToken),
                RepeatAsync(ForgetAsync, stoppingToken));
        }
    }

    private async Task RepeatAsync(Func<CancellationToken, Task> round, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await round(cancellationToken);
            }
            catch (Exception) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                LogRoundFailed(exception, database.Name);
                await Task.Delay(AfterFailure, clock, cancellationToken).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
        }
    }

    /// <summary>As they come: nobody waits for the confirmation of somebody else's message.</summary>
    private Task DeliverAsync(CancellationToken cancellationToken) => Parallel.ForEachAsync(
        delivery.Signalled.ReadAllAsync(cancellationToken),
        new ParallelOptions { MaxDegreeOfParallelism = DeliverAtOnce, CancellationToken = cancellationToken },
        async (message, cancel) => await DeliverAllAsync([message], cancel));

    private async Task DeleteAsync(CancellationToken cancellationToken)
    {
        var ids = await ReadAsync(delivery.Delivered, DeleteAtOnce, cancellationToken);
        try
        {
            await using var scope = services.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<TDb>();
            using var turn = await database.EnterAsync(db, cancellationToken);
            await Failpoint.AroundAsync("outbox.delete", () => db.Set<OutboxRow>().Where(row => ids.Contains(row.MessageId)).ExecuteDeleteAsync(cancellationToken));
        }
        catch
        {
            ids.ForEach(delivery.Forget);
            throw;
        }

        await Task.Delay(DeleteEvery, clock, cancellationToken);
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        await using (var scope = services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<TDb>();
            if (await OutboxSweep.LookAsync(db, clock, cancellationToken))
            {
                IReadOnlyList<OutboxRow> rows;
                using (await database.EnterAsync(db, cancellationToken))
                    rows = await OutboxSweep.TakeAsync(db, SweepAtOnce, options.Value.OutboxLease, cancellationToken);
                LogSwept(rows.Count, database.Name);
                await DeliverAllAsync([.. rows.Select(PendingMessage.Of)], cancellationToken);
                if (rows.Count == SweepAtOnce)
                    return;
            }
        }

        await Task.Delay(options.Value.OutboxSweep, clock, cancellationToken);
    }

    private async Task ForgetAsync(CancellationToken cancellationToken)
    {
        await using (var scope = services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<TDb>();
            using var turn = await database.EnterAsync(db, cancellationToken);
            if (await OutboxSweep.ForgetAsync(db, ForgetAtOnce, options.Value.InboxRetention, cancellationToken) == ForgetAtOnce)
                return;
        }

        await Task.Delay(ForgetEvery, clock, cancellationToken);
    }

    private async Task DeliverAllAsync(List<PendingMessage> messages, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(options.Value.OutboxLease);
        await Task.WhenAll(messages.Select(message => delivery.TryDeliverAsync(message, deadline.Token)));
    }

    private static async Task<List<T>> ReadAsync<T>(ChannelReader<T> reader, int most, CancellationToken cancellationToken)
    {
        var items = new List<T> { await reader.ReadAsync(cancellationToken) };
        while (items.Count < most && reader.TryRead(out var item))
            items.Add(item);
        return items;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} messages of {Database} were overdue and are sent again")]
    private partial void LogSwept(int count, string database);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A round of the outbox of {Database} failed")]
    private partial void LogRoundFailed(Exception exception, string database);
}
