using System.Net;
using System.Security;
using System.Text;
using System.Text.Json;

namespace Orchestrator.UnitTests.Execution.Redaction;

/// <summary>Two hundred secrets of every shape, and how other programs write them.</summary>
internal static class Canaries
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    public static IReadOnlyList<string> All { get; } = Make(new Random(20261128));

    /// <summary>Each way of writing, with what of it is the secret's alone.</summary>
    public static IEnumerable<(string Way, string Text)> Written(string secret)
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        yield return ("raw", secret);
        for (var shift = 0; shift < 3; shift++)
        {
            yield return ($"base64, {shift} bytes before", Own(bytes, shift, text => text));
            yield return ($"base64url, {shift} bytes before", Own(bytes, shift, text => text.Replace('+', '-').Replace('/', '_')));
        }

        yield return ("JSON", JsonSerializer.Serialize(secret)[1..^1]);
        yield return ("JSON in JSON", JsonEncodedText.Encode(JsonEncodedText.Encode(secret, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString(), System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString());
        yield return ("URL", Uri.EscapeDataString(secret));
        yield return ("URL of a form", WebUtility.UrlEncode(secret));
        yield return ("URL in small digits", string.Concat(bytes.Select(value => char.IsAsciiLetterOrDigit((char)value) || "-._~".Contains((char)value, StringComparison.Ordinal) ? $"{(char)value}" : $"%{value:x2}")));
        yield return ("XML", SecurityElement.Escape(secret));
        yield return ("HTML", WebUtility.HtmlEncode(secret));
        yield return ("shell", $"'{secret.Replace("'", "'\\''", StringComparison.Ordinal)}'"[1..^1]);
        yield return ("trimmed quotes", secret.Trim('"', '\''));
        yield return ("hex", Convert.ToHexStringLower(bytes));
        yield return ("HEX", Convert.ToHexString(bytes));
    }

    /// <summary>Whether eight characters of a text, one after the other, are in another.</summary>
    public static string? Leak(string text, string output)
    {
        for (var start = 0; start + 8 <= text.Length; start++)
        {
            if (output.Contains(text.Substring(start, 8), StringComparison.Ordinal))
                return text.Substring(start, 8);
        }

        return null;
    }

    // What stays the same whatever stands before and after.
    private static string Own(byte[] bytes, int shift, Func<string, string> change)
    {
        var one = change(Convert.ToBase64String([.. new byte[shift], .. bytes, .. new byte[3]]));
        var other = change(Convert.ToBase64String([.. Enumerable.Repeat((byte)255, shift), .. bytes, 255, 255, 255]));
        var same = Enumerable.Range(0, one.Length).Where(index => one[index] == other[index]).ToList();
        return one[same[0]..(same[^1] + 1)];
    }

    private static List<string> Make(Random random)
    {
        string Word(int length) => string.Concat(Enumerable.Range(0, length).Select(_ => Letters[random.Next(Letters.Length)]));
        var made = new List<string>();
        for (var index = 0; index < 200; index++)
        {
            made.Add((index % 8) switch
            {
                0 => $"sk-ant-api03-{Word(80)}",
                1 => $"github_pat_{Word(40)}",
                2 => Word(8),
                3 => $"{Word(6)} & {Word(4)}<\"'>{Word(5)}$`\\{Word(3)}",
                4 => $"ci-user:{Word(20)}",
                5 => $"\"{Word(24)}\"",
                6 => $"{Word(5)}ü€😀/{Word(6)}+{Word(5)}=",
                _ => $"-----BEGIN PRIVATE KEY-----\n{Word(64)}\n{Word(64)}\n{Word(30)}==\n-----END PRIVATE KEY-----",
            });
        }

        return made;
    }
}
