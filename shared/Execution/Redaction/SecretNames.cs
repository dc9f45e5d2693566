using System.Collections.Frozen;

namespace Orchestrator.Execution.Redaction;

/// <summary>Names that speak of secrets and hold none: <c>token_url</c>, <c>PasswordLength</c>, <c>public_key</c>, <c>nextPageToken</c>.</summary>
internal static class SecretNames
{
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> After = Words(
        """
        id ids url uri urls uris endpoint host hostname port file filename files path paths dir folder name names type types kind length len size count limit limits ttl expiry
        expires expiration expire age timeout duration interval date time timestamp at header headers prefix suffix policy policies rule rules field fields label placeholder hint
        title message msg error errors description desc help format regex pattern schema version hash hashed digest checksum fingerprint ref refs reference arn provider manager
        service store storage generator factory parser handler validator enabled disabled required valid form input class style icon color column index address alg algorithm
        encoding scope scopes usage metrics budget max min num total price cost status state created updated rotation source env var variable link page template location position
        user username email region bucket mode strategy revision commit sha etag crc option options settings config request response event test tests
        """);

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Before = Words(
        """
        public pub primary foreign cache sort partition unique hash hashed next prev previous page pagination continuation cursor sync cancellation cancel csrf xsrf idempotency
        integrity translation translate num max min total input output prompt completion count has is no forgot invalid missing encrypted lookup row dedup object etag commit content map
        index shift arrow unknown unexpected eof registry license issue jira ticket
        """);

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Joined = Words("s key keys value string access token secret base word text auth hex phrase");

    /// <summary>Whether what follows the keyword in its name says that no secret is meant.</summary>
    /// <param name="name">The name from the keyword on.</param>
    /// <param name="keyword">Length of the keyword.</param>
    /// <param name="isGeneric">Whether the keyword has to end where a word does: a token, but no tokenizer.</param>
    public static bool IsHarmlessAfter(ReadOnlySpan<char> name, int keyword, bool isGeneric)
    {
        var rest = name[keyword..];
        if (!rest.IsEmpty && char.IsAsciiLetter(name[keyword - 1]) && WordAt(name, keyword - 1) > 1)
        {
            var joined = rest[..(WordAt(name, keyword - 1) - 1)];
            if (After.Contains(joined) || (isGeneric && !Joined.Contains(joined)))
                return true;
            rest = rest[joined.Length..];
        }

        return HasWord(rest, After);
    }

    /// <summary>Whether what precedes the keyword in its name says so.</summary>
    public static bool IsHarmlessBefore(ReadOnlySpan<char> name) => HasWord(name, Before);

    private static bool HasWord(ReadOnlySpan<char> name, FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> words)
    {
        for (var at = 0; at < name.Length;)
        {
            var length = WordAt(name, at);
            if (length > 0 && words.Contains(name.Slice(at, length)))
                return true;
            at += Math.Max(1, length);
        }

        return false;
    }

    // Letters up to the next capital after a small one: secret|Key, API_|TOKEN.
    private static int WordAt(ReadOnlySpan<char> name, int at)
    {
        var end = at;
        while (end < name.Length && char.IsAsciiLetter(name[end]) && (end == at || !(char.IsAsciiLetterUpper(name[end]) && char.IsAsciiLetterLower(name[end - 1]))))
            end++;
        return end - at;
    }

    private static FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Words(string words) =>
        words.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
}
