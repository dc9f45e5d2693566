namespace Orchestrator.UnitTests.Execution.Redaction;

/// <summary>A few lines as they occur in logs, diffs and files.</summary>
/// <param name="Kind">The kind of secret, or the sort of look-alike.</param>
/// <param name="Text">What a scanner is given; at most one secret is in it.</param>
/// <param name="IsSecret">Whether the text gives a secret away.</param>
/// <param name="HeldOut">Whether rules must never be tuned on it.</param>
internal sealed record LabelledSample(string Kind, string Text, bool IsSecret, bool HeldOut);

/// <summary>The labelled set: made from documented formats and without sight of the rules, and the same on every run.</summary>
internal static class LabelledSecrets
{
    public const int SamplesPerKind = 20;
    public const int SamplesPerSort = 240;

    private const int Seed = 20261128;

    public static IReadOnlyList<LabelledSample> All { get; } = Generate(Seed);

    public static IReadOnlyList<LabelledSample> Generate(int seed)
    {
        var seen = new HashSet<string>();
        string[] secrets = [LabelledTokens.Platforms, LabelledTokens.Clouds, LabelledKeys.Text, LabelledAssignments.Text];
        string[] lookAlikes = [LookAlikeHashes.Text, LookAlikeIds.Text, LookAlikeNames.Text, LookAlikeTexts.Text];
        return
        [
            .. secrets.SelectMany(LabelledKind.Parse).SelectMany(kind => Samples(kind, true, SamplesPerKind, seed, seen)),
            .. lookAlikes.SelectMany(LabelledKind.Parse).SelectMany(sort => Samples(sort, false, SamplesPerSort, seed, seen)),
        ];
    }

    // Chance, not the order of the templates, decides which of them fall into which half.
    private static IEnumerable<LabelledSample> Samples(LabelledKind kind, bool isSecret, int count, int seed, HashSet<string> seen)
    {
        var luck = new Random(seed ^ StableHash(kind.Name));
        var fields = new LabelledFields(luck);
        var open = new Queue<string>();
        var (made, tries) = (0, 0);
        while (made < count)
        {
            if (++tries > count * 100)
                throw new InvalidOperationException($"The templates of {kind.Name} allow only {made} different samples");
            if (open.Count == 0)
                open = new Queue<string>(Shuffled(kind.Templates, luck));
            var text = fields.Expand(open.Dequeue(), kind);
            if (seen.Add(text))
                yield return new LabelledSample(kind.Name, text, isSecret, made++ % 2 == 1);
        }
    }

    private static string[] Shuffled(string[] templates, Random luck)
    {
        string[] shuffled = [.. templates];
        luck.Shuffle(shuffled);
        return shuffled;
    }

    // String.GetHashCode differs from run to run.
    private static int StableHash(string name) => name.Aggregate(17, (hash, letter) => unchecked((hash * 31) + letter));
}
