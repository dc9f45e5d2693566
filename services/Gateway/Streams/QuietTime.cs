namespace Orchestrator.Gateway.Streams;

/// <summary>Keeps a stream alive through proxies that close what is silent: a comment when nothing was sent for a while.</summary>
internal sealed class QuietTime(StreamServices services)
{
    private long _since = services.Clock.GetTimestamp();

    public void Restart() => _since = services.Clock.GetTimestamp();

    public async Task BreakAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        if (services.Clock.GetElapsedTime(_since) < services.Options.Value.StreamComment)
            return;
        await response.WriteAsync(": still here\n\n", cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
        Restart();
    }
}
