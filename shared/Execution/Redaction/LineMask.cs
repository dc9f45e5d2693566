using System.Buffers;
using System.Text;

namespace Orchestrator.Execution.Redaction;

/// <summary>
/// Masks what looks like a secret in a stream that comes in whole lines, so many at a time as there happen to be: a private key too, of which a piece may hold
/// the first lines only. Not thread-safe.
/// </summary>
internal sealed class LineMask(SecretRules rules)
{
    private const string Begin = "-----BEGIN ";
    private const string PrivateKey = "PRIVATE KEY";
    private const string End = "-----END ";

    private static readonly SearchValues<char> Borders = SearchValues.Create(" \t\",;'<>&");

    private static readonly string[] Headers = ["Proc-Type:", "DEK-Info:", "Version:", "Comment:", "Hash:", "Charset:", "MessageID:"];

    private bool isInKey;

    /// <summary>Where a line that is too long to be waited for is cut: behind something that no secret holds, or at its end.</summary>
    public static int Cut(ReadOnlySpan<char> line) => line.LastIndexOfAny(Borders) is >= 0 and var at ? at + 1 : line.Length;

    /// <summary>The lines with a mask for each secret.</summary>
    public string Mask(string lines) => rules.Mask(isInKey || lines.Contains(PrivateKey, StringComparison.Ordinal) ? WithoutKeys(lines) : lines);

    private string WithoutKeys(string lines)
    {
        var masked = new StringBuilder(lines.Length);
        foreach (var range in lines.AsSpan().Split('\n'))
        {
            if (masked.Length > 0 || range.Start.Value > 0)
                masked.Append('\n');
            Add(lines.AsSpan(range), masked);
        }

        return masked.ToString();
    }

    private void Add(ReadOnlySpan<char> line, StringBuilder masked)
    {
        if (isInKey && line.IndexOf(End) is >= 0 and var end)
        {
            masked.Append(end > 0 ? StreamRedactor.Mask : "").Append(line[end..]);
            isInKey = false;
        }
        else if (isInKey && IsBody(line))
        {
            // Line breaks and the empty line behind the headers stay.
            masked.Append(line.IsWhiteSpace() ? line : StreamRedactor.Mask);
        }
        else
        {
            isInKey = line.IndexOf(Begin) is >= 0 and var begin && line[begin..].IndexOf(PrivateKey) >= 0 && line[begin..].IndexOf(End) < 0;
            masked.Append(line);
        }
    }

    private static bool IsBody(ReadOnlySpan<char> line)
    {
        var text = line.Trim();
        foreach (var header in Headers)
        {
            if (text.StartsWith(header, StringComparison.Ordinal))
                return true;
        }

        foreach (var character in text)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('+' or '/' or '='))
                return false;
        }

        return true;
    }
}
