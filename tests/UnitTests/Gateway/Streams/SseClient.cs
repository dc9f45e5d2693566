using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using AwesomeAssertions;

namespace Orchestrator.UnitTests.Gateway.Streams;

/// <summary>Reads server-sent events off the wire, line by line.</summary>
internal sealed class SseClient : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly StreamReader _reader;

    private SseClient(HttpResponseMessage answer, Stream body) => (Answer, _reader) = (answer, new StreamReader(body, Encoding.UTF8));

    public HttpResponseMessage Answer { get; }

    public static async Task<SseClient> OpenAsync(HttpClient client, string path, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        return new SseClient(answer, await answer.Content.ReadAsStreamAsync(limit.Token));
    }

    /// <summary>The next event; null at the end of the stream.</summary>
    public async Task<SseEvent?> NextAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        while (await _reader.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.Length == 0 && fields.Count > 0)
                return new SseEvent(fields["id"], fields["event"], JsonDocument.Parse(fields["data"]).RootElement);
            if (line.Length > 0 && line[0] != ':')
                fields.Add(line[..line.IndexOf(':', StringComparison.Ordinal)], line[(line.IndexOf(':', StringComparison.Ordinal) + 2)..]);
        }

        fields.Should().BeEmpty("an event is sent whole");
        return null;
    }

    /// <summary>Waits for a comment.</summary>
    public async Task CommentAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        string? line;
        do
            line = await _reader.ReadLineAsync(limit.Token) ?? throw new EndOfStreamException();
        while (!line.StartsWith(':'));
    }

    public void Dispose()
    {
        _reader.Dispose();
        Answer.Dispose();
    }
}

internal sealed record SseEvent(string Id, string Type, JsonElement Json)
{
    public long Number => long.Parse(Id, CultureInfo.InvariantCulture);
}
