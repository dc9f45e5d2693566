using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;

namespace Orchestrator.Cli.Client;

/// <summary>Reads server-sent events to their end over any number of connections: after a lost one it goes on behind the last event that it saw.</summary>
public sealed class EventStream(HttpClient http, ServerAddress server, TimeProvider time)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(4);

    /// <summary>The server sends a comment every 15 s; three missed ones are a dead connection.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>How long a server that does not answer is tried again.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <param name="path">Relative address.</param>
    /// <param name="isOver">Asked when the server ends a stream: whether there is nothing more to come.</param>
    /// <param name="stop">Ends the reading.</param>
    /// <param name="last">Id of the last event that is known already.</param>
    public async IAsyncEnumerable<ServerEvent> ReadAsync(
        string path, Func<CancellationToken, Task<bool>> isOver, [EnumeratorCancellation] CancellationToken stop, string? last = null)
    {
        var failingSince = (long?)null;
        var delay = FirstDelay;
        while (true)
        {
            await using var events = ConnectAsync(path, last, stop).GetAsyncEnumerator(stop);
            while (true)
            {
                bool more;
                try
                {
                    more = await events.MoveNextAsync();
                }
                catch (Exception failure) when (IsTransient(failure, stop))
                {
                    failingSince ??= time.GetTimestamp();
                    if (time.GetElapsedTime(failingSince.Value) > Patience)
                        throw new ServerUnreachableException(server, failure);
                    break;
                }

                if (!more)
                {
                    if (await isOver(stop))
                        yield break;
                    break;
                }

                // Null says that the server answered: silent steps are no outage.
                failingSince = null;
                if (events.Current is not { } item)
                    continue;
                delay = FirstDelay;
                last = item.Id ?? last;
                yield return item;
            }

            await Task.Delay(delay, time, stop);
            delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay;
        }
    }

    private static bool IsTransient(Exception failure, CancellationToken stop) => !stop.IsCancellationRequested && failure switch
    {
        HttpRequestException or IOException or OperationCanceledException => true,
        ApiException refused => refused.Status is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError,
        _ => false,
    };

    private async IAsyncEnumerable<ServerEvent?> ConnectAsync(string path, string? last, [EnumeratorCancellation] CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        if (last is not null)
            request.Headers.TryAddWithoutValidation("Last-Event-ID", last);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
        await Answers.EnsureSuccessAsync(response, stop);
        yield return null;
        await using var body = new SilenceLimitStream(await response.Content.ReadAsStreamAsync(stop), Silence);
        var parser = SseParser.Create(body);
        await foreach (var item in parser.EnumerateAsync(stop))
            yield return new ServerEvent(item.EventId is { Length: > 0 } id ? id : null, item.EventType, item.Data);
    }
}
