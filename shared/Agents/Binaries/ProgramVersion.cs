using System.Globalization;
using System.Text.RegularExpressions;

namespace Orchestrator.Agents.Binaries;

/// <summary>A version as programs print it. What follows the numbers (<c>-beta.1</c>, <c>(Claude Code)</c>) plays no part in the order.</summary>
public sealed partial record ProgramVersion(int Major, int Minor, int Patch)
{
    /// <summary>The first version in a text, or null.</summary>
    public static ProgramVersion? Find(string text)
    {
        var match = Numbers().Match(text);
        return match.Success && Part(1) is { } major && Part(2) is { } minor && Part(3) is { } patch ? new ProgramVersion(major, minor, patch) : null;

        int? Part(int group) => !match.Groups[group].Success ? 0
            : int.TryParse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    /// <summary>Reads a version.</summary>
    /// <exception cref="FormatException">There is none in the text.</exception>
    public static ProgramVersion Parse(string text) => Find(text) ?? throw new FormatException($"'{text}' is no version such as 1.2.3.");

    /// <summary>Whether it comes before the other.</summary>
    public bool IsBefore(ProgramVersion other) => (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch)) < 0;

    /// <inheritdoc />
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Patch}");

    [GeneratedRegex(@"(?<![\d.])(\d+)\.(\d+)(?:\.(\d+))?")]
    private static partial Regex Numbers();
}
