using System.Net.Http.Headers;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Orchestrator.Hosting;
using Orchestrator.Hosting.Failpoints;
using Orchestrator.Persistence.Leases;

namespace Orchestrator.Gateway.Callbacks;

/// <summary>Delivers results, at once and then again and again with growing pauses, until the receiver takes them or a day is over. Any instance does it for all.</summary>
internal sealed partial class CallbackSender : BackgroundService
{
    private const int Batch = 200;
    private const int MostWaiting = 5000;
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);
    private readonly IServiceScopeFactory _scopes;
    private readonly CallbackOptions _options;
    private readonly Bell _bell = new();
    private readonly TimeProvider _clock;
    private readonly ILogger<CallbackSender> _logger;
    private readonly HttpClient _http;
    private readonly SemaphoreSlim _places;
    private readonly Receivers _receivers;
    private int _waiting;

    public CallbackSender(IServiceScopeFactory scopes, IOptions<GatewayOptions> options, PublicAddresses addresses, TimeProvider clock, ILogger<CallbackSender> logger)
    {
        (_scopes, _options, _clock, _logger) = (scopes, options.Value.Callbacks, clock, logger);
        _places = new SemaphoreSlim(_options.Concurrency);
        _receivers = new Receivers(_options.PerReceiver);
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ConnectCallback = addresses.ConnectAsync,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            MaxResponseHeadersLength = 16,
        })
        {
            Timeout = _options.Timeout,
        };
    }

    public override void Dispose()
    {
        _http.Dispose();
        _places.Dispose();
        _bell.Dispose();
        base.Dispose();
    }

    /// <summary>A result was written.</summary>
    public void Ring() => _bell.Ring();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await _bell.WaitAsync(_options.SweepInterval, stoppingToken);
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogSweepFailed(exception);
            }
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        if (_waiting >= MostWaiting)
            return;
        await using var scope = _scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<GatewayDbContext>();
        var hold = _options.Timeout * 2 + TimeSpan.FromSeconds(5);
        var heldUntil = _clock.GetUtcNow() + hold - _options.Timeout;
        foreach (var row in await DueRows.TakeAsync<CallbackRow>(db, row => row.DueAt, Batch, hold, cancellationToken))
        {
            Interlocked.Increment(ref _waiting);
            _ = DeliverAsync(row, heldUntil, cancellationToken);
        }
    }

    /// <summary>Waits for a place at the receiver first and for one of ours then: who waits for a slow receiver takes up no place of another.</summary>
    private async Task DeliverAsync(CallbackRow row, DateTimeOffset heldUntil, CancellationToken cancellationToken)
    {
        using var receiver = _receivers.Enter(row.Receiver);
        try
        {
            using var atReceiver = await receiver.WaitAsync(cancellationToken);
            await _places.WaitAsync(cancellationToken);
            try
            {
                // Waited for longer than it was held: somebody else, or a later sweep, has it.
                if (_clock.GetUtcNow() >= heldUntil)
                    return;
                var (status, error) = await TryAsync(row, cancellationToken);
                await KeepAsync(row, status, error, cancellationToken);
            }
            finally
            {
                _places.Release();
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogSweepFailed(exception);
        }
        catch (OperationCanceledException)
        {
            // Another instance, or the next start, goes on when the hold is over.
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private async Task<(int? Status, string? Error)> TryAsync(CallbackRow row, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, row.Url)
            {
                Content = new StringContent(row.Body, Encoding.UTF8, new MediaTypeHeaderValue("application/cloudevents+json")),
            };
            request.Headers.Add("webhook-id", row.WebhookId);
            request.Headers.Add("webhook-timestamp", _clock.GetUtcNow().ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture));
            // The body of the answer is not read.
            using var answer = await Failpoint.AroundAsync("callback.send", () => _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken));
            return ((int)answer.StatusCode, answer.IsSuccessStatusCode ? null : $"The receiver answered {(int)answer.StatusCode}.");
        }
        catch (Exception exception) when (exception is HttpRequestException or InvalidOperationException or UriFormatException || (exception is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return (null, exception is TaskCanceledException ? $"No answer within {_options.Timeout.TotalSeconds:0} s." : (exception.InnerException as HttpRequestException ?? exception).Message);
        }
    }

    private async Task KeepAsync(CallbackRow tried, int? status, string? error, CancellationToken cancellationToken)
    {
        await using var scope = _scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<GatewayDbContext>();
        var row = await db.Callbacks.SingleAsync(callback => callback.Id == tried.Id, cancellationToken);
        var now = _clock.GetUtcNow();
        row.Attempts++;
        row.LastStatusCode = status;
        row.LastError = error;
        if (error is null)
        {
            (row.Status, row.DeliveredAt, row.DueAt) = (CallbackStatus.Delivered, now, null);
        }
        else if (now - row.CreatedAt >= _options.GiveUpAfter)
        {
            (row.Status, row.DueAt) = (CallbackStatus.GivenUp, null);
        }
        else
        {
            var pause = _options.FirstRetry * Math.Pow(2, Math.Min(row.Attempts - 1, 20));
            row.DueAt = now + (pause < LongestPause ? pause : LongestPause);
        }

        await Failpoint.AroundAsync("callback.save", () => db.SaveChangesAsync(cancellationToken));
        LogTried(row.JobId, row.Receiver, row.Attempts, error ?? "delivered");
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Callback of job {JobId} to {Receiver}, try {Attempt}: {Result}")]
    private partial void LogTried(string jobId, string receiver, int attempt, string result);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Callbacks could not be looked for or noted")]
    private partial void LogSweepFailed(Exception exception);
}
