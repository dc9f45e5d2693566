using System.Text;

namespace Orchestrator.Execution.Redaction;

/// <summary>Paths as git's diffs write them.</summary>
internal static class GitPath
{
    private const string Escapes = "abtnvfr\"\\";
    private const string Escaped = "\a\b\t\n\v\f\r\"\\";

    /// <summary>The path behind <c>+++ </c>: without its prefix, its quotes and what follows a tab.</summary>
    public static string Read(string text)
    {
        var path = text.StartsWith('"') ? Unquote(text.AsSpan(1)) : text.Split('\t')[0].TrimEnd('\r');
        return path.StartsWith("b/", StringComparison.Ordinal) ? path[2..] : path;
    }

    // As a string of C, bytes that are not ASCII in octal.
    private static string Unquote(ReadOnlySpan<char> text)
    {
        var bytes = new List<byte>(text.Length);
        for (var at = 0; at < text.Length && text[at] != '"'; at++)
        {
            if (text[at] != '\\' || at + 1 >= text.Length)
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(text[at].ToString()));
                continue;
            }

            at++;
            if (text[at] is >= '0' and <= '3' && at + 2 < text.Length)
            {
                bytes.Add((byte)(((text[at] - '0') << 6) | ((text[at + 1] - '0') << 3) | (text[at + 2] - '0')));
                at += 2;
            }
            else
            {
                var escape = Escapes.IndexOf(text[at], StringComparison.Ordinal);
                bytes.Add((byte)(escape < 0 ? text[at] : Escaped[escape]));
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}
