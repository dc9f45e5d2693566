using System.Globalization;

namespace Orchestrator.Gateway.Streams;

/// <summary>How far a reader has come in the log of a step: the launch by its token, and the byte behind the last piece. Its text is the id of the event.</summary>
internal readonly record struct LogPlace(long Token, long Offset)
{
    /// <summary>Reads the id of an event; null when it is none, so that the reader starts anew.</summary>
    public static LogPlace? Of(string? id) =>
        id?.Split(':') is [var token, var offset]
        && long.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var launch) && long.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            ? new LogPlace(launch, at)
            : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Token}:{Offset}");
}
