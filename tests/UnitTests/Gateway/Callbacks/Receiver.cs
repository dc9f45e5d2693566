using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Orchestrator.UnitTests.Gateway.Callbacks;

/// <summary>Whoever gets the results of jobs: a real HTTP server on loopback.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stopping = new();
    private int _open;

    private Receiver(Func<int> status, string? redirect, bool hang)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(async context =>
        {
            Interlocked.Increment(ref _open);
            try
            {
                using var reader = new StreamReader(context.Request.Body);
                var body = await reader.ReadToEndAsync();
                if (hang)
                    await Task.Delay(Timeout.Infinite, CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token).Token);
                Calls.Enqueue(new Call(TimeProvider.System.GetUtcNow(), context.Request.Path, body, context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
                context.Response.StatusCode = status();
                if (redirect is not null)
                    context.Response.Headers.Location = redirect;
            }
            catch (OperationCanceledException)
            {
                context.Abort();
            }
            finally
            {
                Interlocked.Decrement(ref _open);
            }
        });
    }

    public ConcurrentQueue<Call> Calls { get; } = new();

    /// <summary>Requests that wait for an answer.</summary>
    public int Open => _open;

    public static async Task<Receiver> StartAsync(Func<int>? status = null, string? redirect = null, bool hang = false)
    {
        var receiver = new Receiver(status ?? (() => 200), redirect, hang);
        await receiver._app.StartAsync();
        return receiver;
    }

    public string Url(string path) => _app.Urls.First() + path;

    public async Task<IReadOnlyList<Call>> TakeAsync(int count)
    {
        await GatewayHost.UntilAsync(() => Task.FromResult(Calls.Count >= count));
        return [.. Calls];
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _app.DisposeAsync();
        _stopping.Dispose();
    }
}

internal sealed record Call(DateTimeOffset At, string Path, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;
}
