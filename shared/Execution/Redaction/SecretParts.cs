using System.Text.Json;
using System.Text.RegularExpressions;
using Orchestrator.Execution.Processes;

namespace Orchestrator.Execution.Redaction;

/// <summary>What of the text of a secret is secret by itself: the password of a login, lines of a key, strings of a JSON file.</summary>
internal static partial class SecretParts
{
    private const int ShortestLine = 16;

    /// <summary>The password of a connection string, of an address or of <c>user:password</c>; else all of the text.</summary>
    public static string Core(string text) => Password(text) ?? text;

    /// <summary>The password of a connection string or of an address, or null.</summary>
    public static string? PasswordOfAddress(string text)
    {
        if (Address().Match(text) is { Success: true } address)
            return Uri.UnescapeDataString(address.Groups[1].Value);
        return Connection().Match(text) is { Success: true } connection ? Unquoted(connection.Groups[1].Value.Trim()) : null;
    }

    /// <summary>The values in a text, itself among them; weak ones too.</summary>
    public static IEnumerable<string> Of(string text)
    {
        // Logs show no control characters and one kind of line end.
        var clean = TextCleaner.Clean(text).Trim();
        IEnumerable<string> parts = clean.StartsWith('{') && Strings(clean) is { } strings
            ? strings.SelectMany(Of)
            : clean.Contains('\n', StringComparison.Ordinal) ? Lines(clean) : [];
        return parts.Concat([text, clean, Core(text)]).Select(part => part.Trim()).SelectMany(part => new[] { part, Unquoted(part) }).Where(part => part.Length > 0).Distinct(StringComparer.Ordinal);
    }

    // Of a key even short lines are its last one; of other files a short line may be anything.
    private static IEnumerable<string> Lines(string text)
    {
        var isKey = false;
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries))
        {
            if (line.StartsWith("-----", StringComparison.Ordinal))
            {
                isKey = line.StartsWith("-----BEGIN", StringComparison.Ordinal);
                continue;
            }

            if (line.Length < (isKey ? SecretEncodings.Shortest : ShortestLine))
                continue;
            yield return line;
            if (Password(line) is { } password)
                yield return password;
            else if (LastWord().Match(line) is { Success: true } word && !word.Value.Contains("://", StringComparison.Ordinal))
                yield return word.Groups[1].Value;
        }
    }

    private static string? Password(string text) =>
        PasswordOfAddress(text) ?? (Login().Match(text) is { Success: true } login ? login.Groups[1].Value : null);

    private static List<string>? Strings(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return [.. Leaves(document.RootElement).Where(text => text.Length >= ShortestLine && (!text.Contains("://", StringComparison.Ordinal) || Password(text) is not null))];
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static IEnumerable<string> Leaves(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => Leaves(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Leaves),
        JsonValueKind.String => [element.GetString()!],
        _ => [],
    };

    private static string Unquoted(string text) => text.Trim('"', '\'', '`');

    [GeneratedRegex(@"^[a-z][a-z0-9+.-]*://[^/\s:@]*:([^/\s]+)@", RegexOptions.IgnoreCase)]
    private static partial Regex Address();

    [GeneratedRegex("""(?:^|;)\s*(?:password|pwd)\s*=\s*("[^"]*"|'[^']*'|[^;\n]+)""", RegexOptions.IgnoreCase)]
    private static partial Regex Connection();

    [GeneratedRegex(@"^[\w.@+-]{1,64}:(?!//)(\S+)$")]
    private static partial Regex Login();

    [GeneratedRegex(@"^.*[=:\s]([^=:\s]\S{15,})$")]
    private static partial Regex LastWord();
}
