using System.Globalization;
using System.Text;

namespace Orchestrator.Validation.Jobs;

/// <summary>Names a field of a document as <c>$.steps[1].agent</c>, and shows values of strangers in one short clean line.</summary>
public static class JsonPath
{
    /// <summary>The whole document.</summary>
    public const string Root = "$";

    internal const int LongestPath = 256;
    private const int LongestValue = 64;

    /// <summary>A field of an object; odd names are quoted.</summary>
    public static string Field(string parent, string name) =>
        IsPlain(name) ? $"{parent}.{name}" : $"{parent}['{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}']";

    /// <summary>An element of an array.</summary>
    public static string Item(string parent, int index) => string.Create(CultureInfo.InvariantCulture, $"{parent}[{index}]");

    /// <summary>A value as it may stand in a message: at most 64 characters, nothing that moves a terminal's cursor.</summary>
    public static string Shown(string value) => Shown(value, LongestValue);

    internal static string Shown(string value, int longest)
    {
        var text = new StringBuilder(Math.Min(value.Length, longest) + 1);
        foreach (var rune in value.EnumerateRunes())
        {
            if (text.Length >= longest)
                return text.Append('…').ToString();
            if (Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
                text.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
            else
                text.Append(rune.ToString());
        }

        return text.ToString();
    }

    private static bool IsPlain(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-');
}
