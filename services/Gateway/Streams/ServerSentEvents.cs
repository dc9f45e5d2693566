namespace Orchestrator.Gateway.Streams;

/// <summary>The wire form of server-sent events.</summary>
internal static class ServerSentEvents
{
    public const string ContentType = "text/event-stream";

    /// <summary>Sends the headers at once: the client knows that it is connected before there is anything to tell.</summary>
    public static async Task BeginAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        response.ContentType = ContentType;
        response.Headers.CacheControl = "no-store";
        // A proxy that buffers would hold live events back.
        response.Headers["X-Accel-Buffering"] = "no";
        await response.StartAsync(cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }

    /// <summary>One event; <paramref name="data"/> has no line breaks (it is JSON).</summary>
    public static Task WriteAsync(HttpResponse response, string id, string type, string data, CancellationToken cancellationToken) =>
        response.WriteAsync($"id: {id}\nevent: {type}\ndata: {data}\n\n", cancellationToken);
}
