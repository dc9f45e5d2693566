using System.Globalization;

namespace Orchestrator.Gateway.Streams;

/// <summary>The wire form of server-sent events.</summary>
internal static class ServerSentEvents
{
    public const string ContentType = "text/event-stream";

    public static void Begin(HttpResponse response)
    {
        response.ContentType = ContentType;
        response.Headers.CacheControl = "no-store";
        // A proxy that buffers would hold live events back.
        response.Headers["X-Accel-Buffering"] = "no";
    }

    /// <summary>One event; <paramref name="data"/> has no line breaks (it is JSON).</summary>
    public static Task WriteAsync(HttpResponse response, long id, string type, string data, CancellationToken cancellationToken) =>
        response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"id: {id}\nevent: {type}\ndata: {data}\n\n"), cancellationToken);
}
