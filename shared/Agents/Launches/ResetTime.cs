using System.Globalization;
using System.Text.RegularExpressions;

namespace Orchestrator.Agents.Launches;

/// <summary>Finds the end of a limit in what providers and CLIs say.</summary>
internal static partial class ResetTime
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(8);

    /// <summary>The time in the message, or null.</summary>
    public static DateTimeOffset? Find(string message, DateTimeOffset now)
    {
        if (After().Match(message) is { Success: true } after)
            return InSeconds(after.Groups[1].Value, 1, now);
        if (In().Match(message) is { Success: true } inTime)
            return Sum(inTime.Groups[1].Captures, inTime.Groups[2].Captures, now);
        if (Epoch().Match(message) is { Success: true } epoch)
            return DateTimeOffset.FromUnixTimeSeconds(long.Parse(epoch.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
        return Iso().Match(message) is { Success: true } iso
            && DateTimeOffset.TryParse(iso.Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
                ? at
                : null;
    }

    /// <summary>A time that is ahead and not absurdly far.</summary>
    public static DateTimeOffset Sane(DateTimeOffset at, DateTimeOffset now) =>
        at <= now ? now + TimeSpan.FromSeconds(1) : at > now + Longest ? now + Longest : at;

    private static DateTimeOffset? Sum(CaptureCollection numbers, CaptureCollection units, DateTimeOffset now)
    {
        var at = now;
        for (var i = 0; i < numbers.Count; i++)
        {
            var unit = units[i].Value.ToLowerInvariant();
            var seconds = unit switch
            {
                "ms" => 0.001,
                ['s', ..] => 1,
                ['m', ..] => 60,
                ['h', ..] => 3600,
                _ => 86_400,
            };
            if (InSeconds(numbers[i].Value, seconds, at) is not { } next)
                return null;
            at = next;
        }

        return at;
    }

    private static DateTimeOffset? InSeconds(string number, double unit, DateTimeOffset now) =>
        double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            ? now + (value * unit < Longest.TotalSeconds ? TimeSpan.FromSeconds(value * unit) : Longest)
            : null;

    [GeneratedRegex(@"retry[-_ ]after(?:[""':= ]+|\s+)(\d+(?:\.\d+)?)", RegexOptions.IgnoreCase)]
    private static partial Regex After();

    [GeneratedRegex(@"(?:try again|retry|resets?|available)\s+in\s+(?:(\d+(?:\.\d+)?)\s*(ms|s(?:ec(?:ond)?s?)?|m(?:in(?:ute)?s?)?|h(?:ours?)?|d(?:ays?)?)(?![a-z])[\s,]*(?:and\s+)?)+", RegexOptions.IgnoreCase)]
    private static partial Regex In();

    [GeneratedRegex(@"\|(1\d{9})\b")]
    private static partial Regex Epoch();

    [GeneratedRegex(@"\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?")]
    private static partial Regex Iso();
}
