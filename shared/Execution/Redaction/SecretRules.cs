using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace Orchestrator.Execution.Redaction;

/// <summary>
/// Finds secrets whose value nobody told: tokens by their documented formats, private keys, and values of names like <c>api_key</c> by their shape. Rules are in
/// <c>secret-rules.json</c>; time is linear in the text. Thread-safe.
/// </summary>
public sealed class SecretRules
{
    private static readonly Lazy<SecretRules> Shared = new(() => new SecretRules());

    /// <summary>For a value that is known: it needs no rule, and no other stands before it.</summary>
    private static readonly SecretRule Known = new() { Id = "known", Kind = "known-secret", Keywords = [], Pattern = "", Order = -1 };

    private readonly SecretRuleIndex index;
    private readonly Func<SecretPatterns> known;

    /// <summary>The rules that are built in, alone.</summary>
    public SecretRules()
        : this(SecretRuleIndex.Load(), () => SecretPatterns.None)
    {
    }

    private SecretRules(SecretRuleIndex index, Func<SecretPatterns> known) => (this.index, this.known) = (index, known);

    /// <summary>The rules that are built in, read once.</summary>
    public static SecretRules Default => Shared.Value;

    /// <summary>The rules that are built in, and the values that are known.</summary>
    public static SecretRules With(KnownSecrets secrets) => new(Default.index, () => secrets.ForText);

    /// <summary>What can be found.</summary>
    public IReadOnlyCollection<string> Kinds => [.. index.Rules.Select(rule => rule.Kind).Distinct(StringComparer.Ordinal)];

    internal IReadOnlyList<SecretRule> Rules => index.Rules;

    /// <summary>What looks like a secret in a text, in the order of the text; no two overlap.</summary>
    public IEnumerable<SecretHit> Scan(string text)
    {
        var (line, counted) = (1, 0);
        foreach (var span in Find(text))
        {
            line += text.AsSpan(counted, span.Start - counted).Count('\n');
            counted = span.Start;
            yield return new SecretHit(span.Rule.Kind, span.Rule.Id, line, span.Start, span.Length, Fingerprint(span, text));
        }
    }

    /// <summary>What looks like a secret and is, at least in part, in lines that a unified diff of git adds. A bounded part of the diff is held, however long its lines are.</summary>
    /// <param name="diff">UTF-8 with git's default prefixes (<c>a/</c>, <c>b/</c>); diffs of merges are understood as well. It stays open.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async IAsyncEnumerable<SecretHit> ScanAddedLinesAsync(Stream diff, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var reader = new StreamReader(diff, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        var hunks = new DiffHunks(this);
        var piece = new char[DiffHunks.LongestPiece];
        int count;
        while ((count = await reader.ReadAsync(piece, cancellationToken)) > 0)
        {
            hunks.Append(piece.AsSpan(0, count));
            foreach (var finding in hunks.TakeFindings())
                yield return finding;
        }

        hunks.Finish();
        foreach (var finding in hunks.TakeFindings())
            yield return finding;
    }

    /// <summary>The text with a mask for each value.</summary>
    public string Mask(string text)
    {
        var spans = Find(text);
        if (spans.Count == 0)
            return text;
        var (masked, done) = (new StringBuilder(text.Length), 0);
        foreach (var span in spans)
        {
            masked.Append(text, done, span.Start - done).Append(StreamRedactor.Mask);
            done = span.End;
        }

        return masked.Append(text, done, text.Length - done).ToString();
    }

    internal static string Fingerprint(SecretSpan span, string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{span.Rule.Kind}\0{text.AsSpan(span.Start, span.Length)}")).AsSpan(0, 8));

    /// <summary>The same as places, with the rules that saw them.</summary>
    internal List<SecretSpan> Find(string text)
    {
        var found = new List<SecretSpan>();
        AddKnown(text, found);
        for (var at = index.Next(text, 0); at >= 0; at = index.Next(text, at + 1))
            LookAt(text, at, found);
        return WithoutOverlaps(found);
    }

    private void AddKnown(string text, List<SecretSpan> found)
    {
        var patterns = known();
        for (var at = patterns.FindStart(text, 0); at < text.Length; at = patterns.FindStart(text, at + 1))
        {
            if (patterns.Look(text.AsSpan(at)) is { Length: > 0 and var length })
                found.Add(new SecretSpan(Known, at, length));
        }
    }

    private void LookAt(string text, int at, List<SecretSpan> found)
    {
        foreach (var keyword in index.At(text.AsSpan(at)))
        {
            if (!text.AsSpan(at).StartsWith(keyword.Text, StringComparison.OrdinalIgnoreCase))
                continue;
            NamedValue? named = null;
            var isRead = false;
            foreach (var rule in keyword.Rules)
            {
                if (rule.Assignment && !isRead)
                    (named, isRead) = (NamedValue.Read(text, at, keyword.Text.Length), true);
                var (from, to) = rule.Assignment ? (named?.Start ?? 0, named?.End ?? 0)
                    : rule.Before > 0 || SecretShape.IsStart(text, at) ? (Math.Max(0, at - rule.Before), Math.Min(text.Length, at + rule.Reach))
                    : (0, 0);
                if (to > from && (!rule.Assignment || named!.Value.Fits(rule, text)) && rule.TryMatch(text, from, to, out var span) && SecretShape.Fits(rule, text.AsSpan(span.Start, span.Length), !rule.Assignment || named!.Value.IsQuoted))
                    found.Add(span);
            }
        }
    }

    private static List<SecretSpan> WithoutOverlaps(List<SecretSpan> found)
    {
        if (found.Count < 2)
            return found;
        found.Sort((one, other) => one.Start != other.Start ? one.Start.CompareTo(other.Start) : one.Rule.Order.CompareTo(other.Rule.Order));
        var kept = new List<SecretSpan>(found.Count) { found[0] };
        foreach (var span in found.Skip(1))
        {
            if (span.Start >= kept[^1].End)
                kept.Add(span);
            else if (span.Rule.Order < kept[^1].Rule.Order)
                kept[^1] = span;
        }

        return kept;
    }
}
