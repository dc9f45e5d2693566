using System.Globalization;
using System.Net.Http.Headers;
using Orchestrator.Agents;

namespace Orchestrator.Execution.ModelProxy;

/// <summary>Remembers how an upstream last refused. The CLIs read the headers of a limit but seldom tell anybody when it ends.</summary>
internal sealed class RefusalWatch(TimeProvider time)
{
    private static readonly string[] ResetHeaders =
        ["anthropic-ratelimit-unified-reset", "anthropic-ratelimit-requests-reset", "anthropic-ratelimit-tokens-reset", "anthropic-ratelimit-input-tokens-reset", "anthropic-ratelimit-output-tokens-reset"];

    private ModelRefusal? _last;

    /// <summary>The newest refusal, or null when a good answer came after it.</summary>
    public ModelRefusal? Last => Volatile.Read(ref _last);

    /// <summary>Looks at an answer; null is an upstream that could not be reached.</summary>
    public void See(HttpResponseMessage? response)
    {
        var refusal = response switch
        {
            null => new ModelRefusal(502, null),
            { IsSuccessStatusCode: true } => null,
            _ => new ModelRefusal((int)response.StatusCode, RetryAt(response.Headers)),
        };
        Volatile.Write(ref _last, refusal);
    }

    private DateTimeOffset? RetryAt(HttpResponseHeaders headers)
    {
        if (headers.RetryAfter is { } after)
            return after.Date ?? time.GetUtcNow() + after.Delta;
        foreach (var name in ResetHeaders)
        {
            if (headers.TryGetValues(name, out var values) && Parse(values.FirstOrDefault()) is { } at && at > time.GetUtcNow())
                return at;
        }

        return null;
    }

    // One of them is seconds since 1970, the others are RFC 3339.
    private static DateTimeOffset? Parse(string? value)
    {
        if (long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < 253_402_300_800)
            return DateTimeOffset.FromUnixTimeSeconds(seconds);
        return DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;
    }
}
