using System.Collections;

namespace Orchestrator.Execution.Redaction;

/// <summary>Tells names and text from random letters by their pairs of letters.</summary>
internal static class WordShape
{
    private const int Letters = 26;
    private const double OfWord = 0.75;
    private const double OfValue = 0.6;

    // The pairs that make up nine tenths of the words in source code: after the first letter its usual followers.
    private static readonly BitArray Usual = Pairs(
        """
        a:bcdgiklmnprstuvy b:aeilosu c:aehiklortu d:aeilorsu e:acdefgilmnpqrstvwx f:aefilo g:aehinrsu h:aeiort i:abcdefglmnoprstvz j:eou k:eis l:adeilostuy m:abeimop
        n:acdefgiklnostuv o:abcdgiklmnoprstuvw p:aeiloprstu q:u r:acdegiklmnorstuvy s:acehilopstuwy t:acehilorstuy u:abcdeilmnprst v:aei w:aehinor x:ept y:s z:e
        """);

    /// <summary>Whether most of a value is made of words, as identifiers, paths and messages are.</summary>
    public static bool IsWords(ReadOnlySpan<char> value)
    {
        var (words, all) = (0, 0);
        for (var at = 0; at < value.Length;)
        {
            var length = WordAt(value[at..]);
            if (length > 2 && IsWord(value.Slice(at, length)))
                words += length;
            all += length > 0 ? length : char.IsAsciiDigit(value[at]) ? 1 : 0;
            at += Math.Max(1, length);
        }

        return words >= OfValue * all;
    }

    // getHTTPToken: a capital begins a word after a small letter, and the last of several capitals does before one.
    private static int WordAt(ReadOnlySpan<char> text)
    {
        var end = 0;
        while (end < text.Length && char.IsAsciiLetter(text[end]))
        {
            if (end > 0 && char.IsAsciiLetterUpper(text[end]) && (char.IsAsciiLetterLower(text[end - 1]) || (end + 1 < text.Length && char.IsAsciiLetterLower(text[end + 1]))))
                break;
            end++;
        }

        return end;
    }

    private static bool IsWord(ReadOnlySpan<char> word)
    {
        var usual = 0;
        for (var at = 1; at < word.Length; at++)
            usual += Usual[Pair(word[at - 1], word[at])] ? 1 : 0;
        return usual >= OfWord * (word.Length - 1);
    }

    private static int Pair(char first, char second) => (((first | 0x20) - 'a') * Letters) + (second | 0x20) - 'a';

    private static BitArray Pairs(string lists)
    {
        var pairs = new BitArray(Letters * Letters);
        foreach (var list in lists.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries))
        {
            foreach (var second in list.AsSpan(2))
                pairs[Pair(list[0], second)] = true;
        }

        return pairs;
    }
}
