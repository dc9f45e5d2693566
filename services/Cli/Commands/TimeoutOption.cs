using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Orchestrator.Cli.Commands;

/// <summary><c>--timeout 90</c>, <c>90s</c>, <c>15m</c> or <c>2h</c>.</summary>
public static class TimeoutOption
{
    public static Option<TimeSpan?> Create() => new("--timeout")
    {
        Description = "Stop waiting after this time (90s, 15m, 2h) with exit code 124; the job goes on",
        HelpName = "time",
        CustomParser = Parse,
    };

    private static TimeSpan? Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        var (digits, unit) = text.Length > 0 && char.IsAsciiLetter(text[^1]) ? (text[..^1], text[^1]) : (text, 's');
        double seconds = unit switch { 's' => 1, 'm' => 60, 'h' => 3600, _ => 0 };
        if (seconds > 0 && double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number > 0 && number * seconds < 86400 * 24)
            return TimeSpan.FromSeconds(number * seconds);
        result.AddError($"'{text}' is not a time. Use 90s, 15m or 2h.");
        return null;
    }
}
