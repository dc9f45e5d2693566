using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Orchestrator.Execution.Redaction;

/// <summary>One entry of <c>secret-rules.json</c>: where one of its words is, in any case, its pattern is tried.</summary>
internal sealed class SecretRule
{
    private const string Group = "secret";

    private Regex? regex;

    public required string Id { get; init; }

    public required string Kind { get; init; }

    public required IReadOnlyList<string> Keywords { get; init; }

    /// <summary>What the text is from the keyword on; with <see cref="Before"/> anywhere around it; of an <see cref="Assignment"/> the whole value. The group <c>secret</c> is the value.</summary>
    public required string Pattern { get; init; }

    /// <summary>Bits per character that a value has at least.</summary>
    public double MinEntropy { get; init; }

    /// <summary>The keyword is part of a name, and the pattern is about what is given to it.</summary>
    public bool Assignment { get; init; }

    /// <summary>The keyword is a whole word of the name.</summary>
    public bool WholeWord { get; init; }

    /// <summary>The pattern alone tells little: words, paths, code and the like are left out.</summary>
    public bool Generic { get; init; }

    /// <summary>What looks like a hash or a UUID counts too, although the rule is generic.</summary>
    public bool Digests { get; init; }

    /// <summary>The value is base64 of <c>user:password</c>.</summary>
    public bool UserAndPassword { get; init; }

    /// <summary>Characters before the keyword at which the pattern may begin.</summary>
    public int Before { get; init; }

    /// <summary>Characters from the keyword on within which the pattern ends.</summary>
    public int Reach { get; init; } = 512;

    /// <summary>The place in the file: of two findings that overlap the earlier rule's stays.</summary>
    [JsonIgnore]
    public int Order { get; set; }

    /// <summary>The pattern, compiled when it is first asked for: in linear time whatever the text.</summary>
    [JsonIgnore]
    public Regex Regex => regex ??= new Regex(
        Assignment ? $@"^(?:{Pattern})\z" : Before == 0 ? $"^(?:{Pattern})" : Pattern,
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    /// <summary>Whether the pattern is found in a part of the text, and where its value is.</summary>
    public bool TryMatch(string text, int from, int to, out SecretSpan span)
    {
        span = default;
        if (Regex.Match(text, from, to - from) is not { Success: true } match)
            return false;
        var value = match.Groups[Group];
        span = new SecretSpan(this, value.Index, value.Length);
        return Assignment || (SecretShape.IsStart(text, match.Index) && SecretShape.IsEnd(text, value.Index + value.Length));
    }
}
