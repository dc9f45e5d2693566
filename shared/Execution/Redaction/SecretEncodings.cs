using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;

namespace Orchestrator.Execution.Redaction;

/// <summary>The texts by which a secret may stand in what a program prints.</summary>
public static partial class SecretEncodings
{
    /// <summary>Characters of the shortest text that is looked for.</summary>
    public const int Shortest = 8;

    // What may still become a secret is held back, and that must stay little: a long value is looked for in pieces.
    private const int LongestPiece = 2048;

    // base64, openssl and xxd -p break their lines there.
    private static readonly int[] Base64Lines = [76, 64];
    private const int HexLine = 60;

    /// <summary>All texts of a value, each of at least <see cref="Shortest"/> characters.</summary>
    public static IReadOnlyCollection<string> Of(string value)
    {
        var texts = new HashSet<string>(StringComparer.Ordinal);
        if (value.Length < Shortest)
            return texts;
        foreach (var piece in Pieces(value))
        {
            var bytes = Encoding.UTF8.GetBytes(piece);
            texts.UnionWith([piece, .. Json(piece), .. Percent(piece), .. Xml(piece), .. Shell(piece), .. Base64(bytes), Convert.ToHexStringLower(bytes), Convert.ToHexString(bytes)]);
        }

        texts.UnionWith(Lines(Encoding.UTF8.GetBytes(value)));
        texts.RemoveWhere(text => text.Length < Shortest);
        return texts;
    }

    private static IEnumerable<string> Pieces(string value)
    {
        if (value.Length <= LongestPiece)
            return [value];
        // The last one begins earlier instead of being too short to be looked for.
        return Enumerable.Range(0, (value.Length + LongestPiece - 1) / LongestPiece)
            .Select(index => Math.Min(index * LongestPiece, value.Length - LongestPiece))
            .Select(start => value[Whole(value, start)..Whole(value, start + LongestPiece)]);
    }

    // Not inside of a pair.
    private static int Whole(string value, int index) => index < value.Length && index > 0 && char.IsLowSurrogate(value[index]) ? index - 1 : index;

    // As the common writers do it: least, with slashes, Go, Python, .NET; and once more inside of a string of JSON.
    private static IEnumerable<string> Json(string value)
    {
        var least = JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(value);
        yield return least;
        yield return least.Replace("/", "\\/", StringComparison.Ordinal);
        yield return Replaced(least, ("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"));
        yield return NotAscii().Replace(least, match => $"\\u{(int)match.ValueSpan[0]:x4}");
        yield return JavaScriptEncoder.Default.Encode(value);
        yield return JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(least);
    }

    // As encodeURIComponent, paths and encodeURI leave some characters alone, forms write a plus, and some write small digits.
    private static IEnumerable<string> Percent(string value)
    {
        var strict = Uri.EscapeDataString(value);
        foreach (var text in (string[])[strict, Kept(strict, "!'()*"), Kept(strict, "/"), Kept(strict, ";/?:@&=+$,#!'()*")])
        {
            var form = text.Replace("%20", "+", StringComparison.Ordinal);
            yield return text;
            yield return form;
            yield return Escape().Replace(text, match => match.Value.ToLowerInvariant());
            yield return Escape().Replace(form, match => match.Value.ToLowerInvariant());
        }
    }

    private static string Kept(string escaped, string characters) =>
        characters.Aggregate(escaped, (text, character) => text.Replace(Uri.HexEscape(character), character.ToString(), StringComparison.Ordinal));

    // With signs or numbers for what is not ASCII.
    private static IEnumerable<string> Xml(string value)
    {
        yield return WebUtility.HtmlEncode(value);
        yield return Numbered().Replace(WebUtility.HtmlEncode(value), match => string.Create(CultureInfo.InvariantCulture, $"&#{char.ConvertToUtf32(match.Value, 0)};"));
        var text = Replaced(value, ("&", "&amp;"), ("<", "&lt;"));
        foreach (var one in (string[])[text, text.Replace(">", "&gt;", StringComparison.Ordinal)])
        {
            yield return one;
            foreach (var quote in (string[])["&quot;", "&#34;"])
            {
                foreach (var apostrophe in (string[])["'", "&apos;", "&#39;", "&#x27;"])
                    yield return Replaced(one, ("\"", quote), ("'", apostrophe));
            }
        }
    }

    // Within single quotes in two ways, within double quotes, by backslashes, and as $'…'.
    private static IEnumerable<string> Shell(string value) =>
    [
        value.Replace("'", "'\\''", StringComparison.Ordinal),
        value.Replace("'", "'\"'\"'", StringComparison.Ordinal),
        InDoubleQuotes().Replace(value, "\\$0"),
        NotPlain().Replace(value, "\\$0"),
        Replaced(value, ("\\", "\\\\"), ("'", "\\'"), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")),
    ];

    private static IEnumerable<string> Base64(byte[] bytes)
    {
        yield return Convert.ToBase64String(bytes);
        for (var before = 0; before < 3; before++)
        {
            // Six bits are a character; those that are shared with a neighbour are left out.
            var whole = Convert.ToBase64String([.. new byte[before], .. bytes]);
            var text = whole[(((8 * before) + 5) / 6)..(8 * (before + bytes.Length) / 6)];
            yield return text;
            yield return Replaced(text, ("+", "-"), ("/", "_"));
        }
    }

    private static IEnumerable<string> Lines(byte[] bytes)
    {
        var base64 = Convert.ToBase64String(bytes);
        return Base64Lines.Where(length => base64.Length > length).SelectMany(length => Cut(base64, length))
            .Concat(bytes.Length * 2 > HexLine ? Cut(Convert.ToHexStringLower(bytes), HexLine) : []);
    }

    private static IEnumerable<string> Cut(string text, int length) => text.Chunk(length).Select(line => new string(line));

    private static string Replaced(string text, params ReadOnlySpan<(string Old, string New)> pairs)
    {
        foreach (var (old, by) in pairs)
            text = text.Replace(old, by, StringComparison.Ordinal);
        return text;
    }

    [GeneratedRegex("[^\\x00-\\x7e]")]
    private static partial Regex NotAscii();

    [GeneratedRegex("[\\ud800-\\udbff][\\udc00-\\udfff]|[^\\x00-\\x7e\\ud800-\\udfff]")]
    private static partial Regex Numbered();

    [GeneratedRegex("%[0-9A-F]{2}")]
    private static partial Regex Escape();

    [GeneratedRegex("[\"$`\\\\]")]
    private static partial Regex InDoubleQuotes();

    [GeneratedRegex("[^\\w@%+=:,./-]")]
    private static partial Regex NotPlain();
}
