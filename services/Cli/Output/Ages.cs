using System.Globalization;

namespace Orchestrator.Cli.Output;

/// <summary>Spans of time as people read them.</summary>
public static class Ages
{
    public static string Since(DateTimeOffset? start, DateTimeOffset? end, DateTimeOffset now) =>
        start is { } from ? Short((end ?? now) - from) : "";

    public static string Short(TimeSpan span)
    {
        if (span < TimeSpan.Zero)
            span = TimeSpan.Zero;
        return span switch
        {
            { TotalSeconds: < 10 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.0}s"),
            { TotalMinutes: < 1 } => $"{span.Seconds}s",
            { TotalHours: < 1 } => $"{span.Minutes}m{span.Seconds:00}s",
            { TotalDays: < 1 } => $"{span.Hours}h{span.Minutes:00}m",
            _ => $"{(int)span.TotalDays}d{span.Hours:00}h",
        };
    }
}
