using System.Buffers;
using System.Text;

namespace Orchestrator.Execution.Redaction;

/// <summary>Tells values that nobody could guess from placeholders, references, hashes and words.</summary>
internal static class SecretShape
{
    // A longer value holds any short word by chance.
    private const int LongestPlaceholder = 200;
    private const int LongestRun = 8;
    private const int LongestName = 20;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

    private static readonly SearchValues<char> UpperNames = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ_-.:/");
    private static readonly SearchValues<char> LowerNames = SearchValues.Create("abcdefghijklmnopqrstuvwxyz_-.:/");
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.,:+-/TZ_");
    private static readonly SearchValues<char> PasswordCharacters = SearchValues.Create("0123456789!@#$%^&*");
    private static readonly SearchValues<char> Symbols = SearchValues.Create("!@#$%^&*?+");

    private static readonly SearchValues<string> PlaceholderWords = SearchValues.Create(
        [
            "example", "changeme", "change_me", "change-me", "changeit", "xxxx", "your", "placeholder", "redacted", "dummy", "sample", "insert", "replace", "fixme", "fake", "masked",
            "****", "....", "not-a-secret", "notasecret", "not_a_secret", "foobar", "hunter2", "deadbeef", "${", "{{", "}}", "<%", "%>", "$(", "#{", "process.env", "os.environ", "getenv",
        ],
        StringComparison.OrdinalIgnoreCase);

    private static readonly HashSet<string> CommonWords = new(StringComparer.Ordinal)
    {
        "password", "passwort", "passwd", "passphrase", "secret", "token", "admin", "administrator", "root", "postgres", "mysql", "guest", "letmein", "qwerty", "welcome", "default", "test",
        "testing", "user", "login", "mypass", "mypassword", "mysecret", "secrettoken", "supersecret", "topsecret", "undefined", "null", "none", "true", "false", "string", "value", "foo", "bar", "baz", "abc", "asdf", "pass",
    };

    /// <summary>Whether a place can be the beginning of a value: it is not in the middle of a word. An escape is not a part of the word that follows it.</summary>
    public static bool IsStart(ReadOnlySpan<char> text, int at) =>
        at == 0
        || !char.IsLetterOrDigit(text[at])
        || !char.IsLetterOrDigit(text[at - 1])
        || (at >= 2 && text[at - 2] == '\\' && text[at - 1] is 'n' or 'r' or 't')
        || (at >= 3 && text[at - 3] == '%' && char.IsAsciiHexDigit(text[at - 2]) && char.IsAsciiHexDigit(text[at - 1]))
        || (at >= 6 && text[at - 6] == '\\' && text[at - 5] == 'u');

    /// <summary>Whether a value can end before a place.</summary>
    public static bool IsEnd(ReadOnlySpan<char> text, int at) => at >= text.Length || !(char.IsLetterOrDigit(text[at]) || text[at] == '_') || !char.IsLetterOrDigit(text[at - 1]);

    /// <summary>Whether a value that a rule's pattern took is one that it means.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="value">The value.</param>
    /// <param name="isLiteral">Whether it cannot be code.</param>
    public static bool Fits(SecretRule rule, ReadOnlySpan<char> value, bool isLiteral)
    {
        if (rule.UserAndPassword)
            return IsUserAndPassword(value);
        return Entropy(value) >= rule.MinEntropy
            && !IsPlaceholder(value)
            && !(rule.Generic && ((!rule.Digests && IsDigest(value)) || IsOrdinary(value, isLiteral)));
    }

    /// <summary>Shannon's entropy of the characters of a value, in bits per character.</summary>
    public static double Entropy(ReadOnlySpan<char> value)
    {
        Span<int> counts = stackalloc int[128];
        counts.Clear();
        foreach (var letter in value)
            counts[letter & 127]++;
        var sum = 0.0;
        foreach (var count in counts)
        {
            if (count > 0)
                sum -= count * Math.Log2((double)count / value.Length);
        }

        return sum / Math.Max(1, value.Length);
    }

    /// <summary>Whether a value stands for another: a reference, a template, a word that asks to be replaced, or 12345678.</summary>
    public static bool IsPlaceholder(ReadOnlySpan<char> value) =>
        value.Length <= LongestPlaceholder
        && (value.ContainsAny(PlaceholderWords)
            || (value[0] is '<' or '{' or '[' or '%' && value[^1] is '>' or '}' or ']' or '%')
            || (value[0] == '$' && value.Length > 1 && !value[1..].ContainsAnyExcept(NameCharacters))
            || HasRun(value));

    /// <summary>Whether a value has the form of a hash, a UUID or a checksum.</summary>
    public static bool IsDigest(ReadOnlySpan<char> value)
    {
        if (value.StartsWith("sha", StringComparison.OrdinalIgnoreCase) || value.StartsWith("md5", StringComparison.OrdinalIgnoreCase) || (value[0] == '$' && value.Count('$') > 2))
            return true;
        return (value.Length is 32 or 40 or 48 or 56 or 64 or 96 or 128 && !value.ContainsAnyExcept(HexDigits)) || (value.Length is 36 or 38 && Guid.TryParse(value, out _));
    }

    /// <summary>Whether a value is text or code: words, a path, a number, a call.</summary>
    public static bool IsOrdinary(ReadOnlySpan<char> value, bool isLiteral)
    {
        if (value.ContainsAny(" \t") || value.Contains("://", StringComparison.Ordinal) || value.Contains("::", StringComparison.Ordinal)
            || value.StartsWith("data:", StringComparison.Ordinal) || value.StartsWith("arn:", StringComparison.Ordinal)
            || value.StartsWith("./", StringComparison.Ordinal) || value.StartsWith("../", StringComparison.Ordinal) || value.StartsWith("~/", StringComparison.Ordinal)
            || !value.ContainsAnyExcept(NumberCharacters))
            return true;
        if (!isLiteral && (value[0] is '!' or '@' or '&' or '*' || value.ContainsAny("([{") || (value.Length < LongestName && !value.ContainsAny(PasswordCharacters)) || IsMemberAccess(value)))
            return true;
        return IsCommonWord(value) || IsOneCase(value) || (!IsStrongPassword(value) && WordShape.IsWords(value));
    }

    private static bool IsUserAndPassword(ReadOnlySpan<char> value)
    {
        var bytes = new byte[value.Length];
        if (!Convert.TryFromBase64Chars(value, bytes, out var count) || Encoding.Latin1.GetString(bytes, 0, count) is not { } pair || pair.IndexOf(':', StringComparison.Ordinal) is not (> 0 and var colon))
            return false;
        var password = pair[(colon + 1)..];
        return password.Length >= 4 && !pair.Any(letter => letter <= ' ' || char.IsControl(letter)) && !IsPlaceholder(password) && !IsCommonWord(password);
    }

    // What a rule for passwords asks for: no word of a language or a program looks like it.
    private static bool IsStrongPassword(ReadOnlySpan<char> value) =>
        value.ContainsAny(Symbols) && value.ContainsAnyInRange('0', '9') && value.ContainsAnyInRange('a', 'z') && value.ContainsAnyInRange('A', 'Z');

    // NEXT_STEP, throw-away: short names in letters of one case.
    private static bool IsOneCase(ReadOnlySpan<char> value) =>
        value.Length < LongestName && (!value.ContainsAnyExcept(UpperNames) || !value.ContainsAnyExcept(LowerNames));

    private static bool IsCommonWord(ReadOnlySpan<char> value)
    {
        Span<char> plain = stackalloc char[Math.Min(value.Length, 24)];
        var length = 0;
        foreach (var letter in value.TrimEnd("0123456789!?.#*"))
        {
            var like = letter switch { '0' => 'o', '1' or '!' => 'i', '3' => 'e', '4' or '@' => 'a', '5' or '$' => 's', _ => char.ToLowerInvariant(letter) };
            if (!char.IsAsciiLetter(like))
                continue;
            if (length == plain.Length)
                return false;
            plain[length++] = like;
        }

        return CommonWords.GetAlternateLookup<ReadOnlySpan<char>>().Contains(plain[..length]);
    }

    private static bool IsMemberAccess(ReadOnlySpan<char> value)
    {
        var (dots, digits) = (0, 0);
        foreach (var letter in value)
        {
            if (letter == '.')
                dots++;
            else if (char.IsAsciiDigit(letter))
                digits++;
            else if (!char.IsAsciiLetter(letter) && letter is not ('_' or '$' or '?' or '!'))
                return false;
        }

        return dots > 0 && digits <= 2 && !char.IsAsciiDigit(value[0]);
    }

    private static bool HasRun(ReadOnlySpan<char> value)
    {
        var (up, same) = (1, 1);
        for (var at = 1; at < value.Length; at++)
        {
            up = value[at] == value[at - 1] + 1 || (value[at] == '0' && value[at - 1] == '9') ? up + 1 : 1;
            same = value[at] == value[at - 1] && value[at] != 'A' ? same + 1 : 1;
            if (up == LongestRun || same == LongestRun)
                return true;
        }

        return false;
    }
}
