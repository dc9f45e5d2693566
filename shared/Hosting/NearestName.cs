namespace Orchestrator.Hosting;

/// <summary>Finds the name that was probably meant.</summary>
public static class NearestName
{
    // Long enough for every name there is; the distance is quadratic and the word may come from a stranger.
    private const int Longest = 64;

    /// <summary>
    /// The candidate with the fewest edits from <paramref name="word"/>, ignoring case; one that begins with the word, or that the word
    /// begins with, goes before all others. Empty when there is no candidate.
    /// </summary>
    public static string Of(string word, IEnumerable<string> candidates)
    {
        var wanted = Short(word);
        return candidates.MinBy(candidate => (!Continues(wanted, Short(candidate)), Distance(wanted, Short(candidate)))) ?? "";
    }

    private static bool Continues(string a, string b) =>
        a.Length >= 3 && b.Length >= 3 && (a.StartsWith(b, StringComparison.Ordinal) || b.StartsWith(a, StringComparison.Ordinal));

    private static string Short(string word) => (word.Length <= Longest ? word : word[..Longest]).ToUpperInvariant();

    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}
