using Microsoft.Extensions.Options;

namespace Orchestrator.Gateway.Streams;

/// <summary>What an open stream needs for as long as it is open.</summary>
internal sealed record StreamServices(
    IServiceScopeFactory Scopes, StreamSignals Signals, IOptions<GatewayOptions> Options, TimeProvider Clock, IHostApplicationLifetime Lifetime)
{
    /// <summary>
    /// Runs a stream until it ends, its client leaves or this process stops: an open stream must not hold up the stop, and its client
    /// comes back to another instance with the last id that it saw.
    /// </summary>
    public async Task RunAsync(HttpContext context, Func<CancellationToken, Task> stream)
    {
        using var open = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, Lifetime.ApplicationStopping);
        try
        {
            await stream(open.Token);
        }
        catch (OperationCanceledException) when (context.Response.HasStarted && Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // The client sees an end without a terminal event.
        }
    }
}
