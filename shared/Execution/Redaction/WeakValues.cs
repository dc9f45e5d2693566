using System.Text.RegularExpressions;

namespace Orchestrator.Execution.Redaction;

/// <summary>Values that stand for something else in so many places that a log without them would say nothing: they are never masked.</summary>
internal static partial class WeakValues
{
    private const int LongestPhrase = 64;

    private static readonly HashSet<string> Words = new(
        [
            "12345678", "123456789", "1234567890", "0123456789", "87654321", "abcdefgh", "qwertyui", "qwertyuiop", "iloveyou", "letmein",
            "password", "passwort", "passwd", "passphrase", "secret", "secrets", "token", "key", "apikey", "api", "credential", "credentials", "value",
            "change", "changeme", "changeit", "replace", "replaceme", "me", "my", "your", "the", "here", "this", "insert", "todo", "fixme", "none", "null", "true", "false", "undefined",
            "default", "example", "sample", "demo", "dummy", "placeholder", "test", "tests", "testing", "throw", "away", "throwaway", "insecure", "welcome", "hello", "world",
            "guest", "user", "username", "admin", "administrator", "root", "master", "public", "private", "anonymous", "nobody", "someone",
            "postgres", "postgresql", "rabbitmq", "database", "localhost", "local", "localdomain", "server", "client", "service", "system", "unknown",
            "development", "production", "staging", "orchestrator", "simulated", "anthropic", "openai", "claude", "codex", "opencode", "github", "gitlab", "repository",
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a value is too short, one character again and again, or made of nothing but common words and a number.</summary>
    public static bool Has(string value, int shortest)
    {
        if (value.Length < shortest || value.AsSpan().IndexOfAnyExcept(value[0]) < 0 || Words.Contains(value))
            return true;
        if (value.Length > LongestPhrase)
            return false;
        var parts = Border().Split(value).Where(part => part.Length > 0).ToList();
        return parts.Exists(IsWord) && parts.TrueForAll(part => IsWord(part) || (part.Length <= 4 && part.All(char.IsAsciiDigit)));
    }

    private static bool IsWord(string part) => Words.Contains(part) || Words.Contains(part.TrimEnd([.. "0123456789"]));

    [GeneratedRegex("[^A-Za-z0-9]+")]
    private static partial Regex Border();
}
