using System.Text;

namespace Orchestrator.Cli.Output;

/// <summary>Text of jobs on its way to a terminal: an agent's words must not move the cursor or change colours.</summary>
public static class TerminalText
{
    /// <summary>Without control characters other than line feed and tab.</summary>
    public static string Clean(string text) => Filter(text, keepLines: true);

    /// <summary>The same on one line.</summary>
    public static string OneLine(string text) => Filter(text, keepLines: false);

    public static string Shorten(string text, int length) =>
        text.Length <= length ? text : string.Concat(text.AsSpan(0, length - 1), "…");

    private static string Filter(string text, bool keepLines)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is '\n' or '\t')
                clean.Append(keepLines ? (char)rune.Value : ' ');
            else if (!Rune.IsControl(rune) && !IsDirectionMark(rune.Value))
                clean.Append(rune.ToString());
        }

        return clean.ToString();
    }

    // Bidirectional overrides make a line read otherwise than it is (CVE-2021-42574).
    private static bool IsDirectionMark(int value) => value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);
}
