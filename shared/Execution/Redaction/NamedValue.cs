using System.Buffers;

namespace Orchestrator.Execution.Redaction;

/// <summary>What a text gives to a name, in the ways of programming languages, settings files, headers, queries, XML and shells.</summary>
/// <param name="NameStart">Where the name begins.</param>
/// <param name="KeywordStart">Where the keyword in it begins.</param>
/// <param name="KeywordEnd">Where that ends.</param>
/// <param name="NameEnd">Where the name ends.</param>
/// <param name="Start">Where the value begins, behind its quote.</param>
/// <param name="End">Where it ends.</param>
/// <param name="IsQuoted">Whether it is a literal; what has no quotes may be code.</param>
internal readonly record struct NamedValue(int NameStart, int KeywordStart, int KeywordEnd, int NameEnd, int Start, int End, bool IsQuoted)
{
    private const int LongestName = 80;
    private const int LongestValue = 1024;
    private const int LongestGap = 80;

    private static readonly SearchValues<char> AfterName = SearchValues.Create("=:\"'`] \t\\,(>?|+!&%\r\n");
    private static readonly SearchValues<char> AfterType = SearchValues.Create("=\"`,;\r\n(){}:");
    private static readonly SearchValues<char> AfterValue = SearchValues.Create(" \t\r\n\"'`,;<>\\");
    private static readonly SearchValues<char> AfterQueryValue = SearchValues.Create(" \t\r\n\"'`,;<>\\&#");

    private static readonly string[] Schemes = ["Bearer ", "Basic ", "Token ", "ApiKey ", "Bot ", "SSWS "];

    /// <summary>What is given to the name that a keyword is part of, or null.</summary>
    public static NamedValue? Read(ReadOnlySpan<char> text, int keyword, int length)
    {
        var (start, end) = (keyword, keyword + length);
        while (end < text.Length && end - keyword < LongestName && IsOfName(text[end]))
            end++;
        if (end == text.Length || !AfterName.Contains(text[end]))
            return null;
        while (start > 0 && keyword - start < LongestName && IsOfName(text[start - 1]))
            start--;
        var at = end;
        while (at < text.Length && at - end < 4 && text[at] is '"' or '\'' or '`' or ']' or '\\')
            at++;
        var isClosed = at > end;
        // "/etc/passwd" is no name.
        if (start > 0 && text[start - 1] == '/')
            return null;
        var isQuery = start > 0 && text[start - 1] is '?' or '&';
        if (!TrySkipOperator(text, start, end, isClosed, ref at))
            return null;
        return ReadValue(text, SkipBlanks(text, at), isQuery) is var (from, to, quoted) && to > from ? new NamedValue(start, keyword, keyword + length, end, from, to, quoted) : null;
    }

    /// <summary>Whether a rule takes the name for that of a secret.</summary>
    public bool Fits(SecretRule rule, ReadOnlySpan<char> text)
    {
        if (rule.WholeWord && ((KeywordStart > NameStart && char.IsAsciiLetter(text[KeywordStart]) && char.IsAsciiLetter(text[KeywordStart - 1])) || (KeywordEnd < NameEnd && char.IsAsciiLetter(text[KeywordEnd]))))
            return false;
        return !SecretNames.IsHarmlessAfter(text[KeywordStart..NameEnd], KeywordEnd - KeywordStart, rule.Generic)
            && !(rule.Generic && SecretNames.IsHarmlessBefore(text[NameStart..KeywordStart]));
    }

    private static bool TrySkipOperator(ReadOnlySpan<char> text, int start, int end, bool isClosed, ref int at)
    {
        var afterName = at;
        at = SkipBlanks(text, at);
        if (at >= text.Length)
            return false;
        switch (text[at])
        {
            case '=':
                while (at < text.Length && text[at] is '=' or '>')
                    at++;
                return true;
            case ':':
                at++;
                if (at < text.Length && text[at] == ':')
                    return false;
                if (at < text.Length && text[at] == '=')
                    at++;
                else
                    at = SkipType(text, at);
                return true;
            case '?' or '|' or '+' or '!':
                var equals = text[at..].IndexOf('=');
                at += equals + 1;
                return equals is 1 or 2;
            case '(':
                at = SkipBlanks(text, at + 1);
                return at < text.Length && IsQuote(text[at]);
            case '>':
                at++;
                return start > 0 && text[start - 1] == '<';
            case '%' when text[at..].StartsWith("%3D", StringComparison.OrdinalIgnoreCase):
                at += 3;
                return true;
            case ',' when isClosed && IsQuote(At(text, SkipBlanks(text, at + 1))):
                at = SkipBlanks(text, at + 1);
                return TrySkipValueKey(text, ref at) || IsQuote(text[at]);
            default:
                return TrySkipValueKey(text, ref at)
                    || (afterName == end && at > end && end - start > 2 && text[start] == '-' && text[start + 1] == '-')
                    || (afterName == end && at == end + 1 && text[at] == '\'' && end - start == "password".Length);
        }
    }

    // name: API_TOKEN, and then value: …, as containers and XML settings have it.
    private static bool TrySkipValueKey(ReadOnlySpan<char> text, ref int at)
    {
        var rest = text.Slice(at, Math.Min(LongestGap, text.Length - at));
        var key = rest.TrimStart("\"' \t\r\n,");
        if (!key.StartsWith("value", StringComparison.OrdinalIgnoreCase))
            return false;
        var after = key["value".Length..].TrimStart("\"' \t");
        if (after.IsEmpty || after[0] is not (':' or '='))
            return false;
        at += rest.Length - after.Length + 1;
        return true;
    }

    // token: string = "…"
    private static int SkipType(ReadOnlySpan<char> text, int at)
    {
        var from = SkipBlanks(text, at);
        var type = text.Slice(from, Math.Min(LongestGap, text.Length - from));
        var end = type.IndexOfAny(AfterType);
        if (end <= 0 || type[end] != '=' || At(type, end + 1) is '=' or '>' || IsQuote(type[0]))
            return at;
        var name = type[..end];
        return name.ContainsAnyInRange('0', '9') || (name.TrimEnd().Contains(' ') && name[^1] != ' ') ? at : from + end + 1;
    }

    private static (int From, int To, bool IsQuoted) ReadValue(ReadOnlySpan<char> text, int at, bool isQuery)
    {
        var quote = at;
        while (quote < text.Length && quote - at < 2 && text[quote] is 'b' or 'r' or 'u' or 'f' or 'B' or 'R' or 'F' or 'L' or '@' or '$')
            quote++;
        while (quote < text.Length && text[quote] == '\\' && quote - at < 4)
            quote++;
        if (IsQuote(At(text, quote)))
        {
            var sign = text[quote];
            var from = SkipScheme(text, At(text, quote + 1) == sign && At(text, quote + 2) == sign ? quote + 3 : quote + 1);
            var length = text.Slice(from, Math.Min(LongestValue, text.Length - from)).IndexOfAny(sign, '\n');
            if (length < 0 || text[from + length] != sign)
                return default;
            return (from, from + text.Slice(from, length).TrimEnd('\\').Length, true);
        }

        var isEntity = text[at..].StartsWith("&quot;", StringComparison.Ordinal);
        var start = SkipScheme(text, isEntity ? at + "&quot;".Length : at);
        var rest = text.Slice(start, Math.Min(LongestValue, text.Length - start));
        var end = rest.IndexOfAny(isQuery || isEntity ? AfterQueryValue : AfterValue);
        if (end < 0 && rest.Length == LongestValue)
            return default;
        return (start, start + (end < 0 ? rest : rest[..end]).TrimEnd(")]}.").Length, isEntity);
    }

    private static int SkipScheme(ReadOnlySpan<char> text, int at)
    {
        foreach (var scheme in Schemes)
        {
            if (text[at..].StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
                return SkipBlanks(text, at + scheme.Length);
        }

        return at;
    }

    private static int SkipBlanks(ReadOnlySpan<char> text, int at)
    {
        var from = at;
        while (at < text.Length && at - from < LongestGap && text[at] is ' ' or '\t')
            at++;
        return at;
    }

    private static char At(ReadOnlySpan<char> text, int at) => at < text.Length ? text[at] : '\0';

    private static bool IsOfName(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.';

    private static bool IsQuote(char letter) => letter is '"' or '\'' or '`';
}
