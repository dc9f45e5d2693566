using System.Globalization;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.Agents.Simulated;

/// <summary>The lines of a prompt that tell the simulated agent what to do (README.md has the list).</summary>
internal static class SimulatedScript
{
    private const string Mark = "simulate";

    /// <summary>The directives that are meant for this launch, in order; the same line counts once, since goal and task may both bring it.</summary>
    public static IReadOnlyList<SimulatedDirective> Read(string prompt, AttemptKey key, StepRole role)
    {
        if (!prompt.Contains(Mark, StringComparison.Ordinal))
            return [];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var directives = new List<SimulatedDirective>();
        foreach (var part in prompt.AsSpan().EnumerateLines())
        {
            // From the first column only: what is quoted of earlier steps, in a patch or a list, is no directive.
            var line = part.TrimEnd();
            if (line.StartsWith(Mark) && Parse(line[Mark.Length..], key, role) is { } directive && seen.Add(line.ToString()))
                directives.Add(directive);
        }

        return directives;
    }

    private static SimulatedDirective? Parse(ReadOnlySpan<char> rest, AttemptKey key, StepRole role)
    {
        var colon = rest.IndexOf(':');
        if (colon < 0 || (colon > 0 && rest[0] != ' '))
            return null;
        var to = rest[..colon].Trim();
        if (!to.IsEmpty && !to.SequenceEqual(key.StepId) && !to.Equals(role.ToString(), StringComparison.OrdinalIgnoreCase))
            return null;
        var directive = SimulatedDirective.Parse(rest[(colon + 1)..].Trim().ToString());
        return directive.Applies(key) ? directive : null;
    }
}

/// <summary>One directive: a verb, a plain argument and named ones.</summary>
/// <param name="Verb">What to do.</param>
/// <param name="Argument">The word after it, or empty.</param>
/// <param name="Named">Arguments of the form <c>name=value</c>; <c>text</c> takes the rest of the line.</param>
internal sealed record SimulatedDirective(string Verb, string Argument, IReadOnlyDictionary<string, string> Named)
{
    /// <summary>Reads a directive; whatever is not understood is found by who acts on it.</summary>
    public static SimulatedDirective Parse(string line)
    {
        var named = new Dictionary<string, string>(StringComparer.Ordinal);
        var verb = "";
        var argument = "";
        for (var rest = line; rest.Length > 0;)
        {
            if (rest.StartsWith("text=", StringComparison.Ordinal))
            {
                named["text"] = rest["text=".Length..].Replace("\\n", "\n", StringComparison.Ordinal);
                break;
            }

            var space = rest.IndexOf(' ', StringComparison.Ordinal);
            var word = space < 0 ? rest : rest[..space];
            rest = space < 0 ? "" : rest[(space + 1)..].TrimStart();
            if (verb.Length == 0)
                verb = word;
            else if (word.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals)
                named[word[..equals]] = word[(equals + 1)..];
            else
                argument = word;
        }

        return new SimulatedDirective(verb, argument, named);
    }

    /// <summary>Whether this launch is among the first <c>times</c> attempts and <c>visits</c> visits that it is limited to.</summary>
    public bool Applies(AttemptKey key) =>
        key.Attempt <= Whole("times", Verb == "park" ? 1 : int.MaxValue) && key.Visit <= Whole("visits", int.MaxValue);

    /// <summary>A named whole number, at least 0.</summary>
    public long Whole(string name, long otherwise) =>
        Named.TryGetValue(name, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : otherwise;

    /// <summary>The argument as a whole number, at least 0.</summary>
    public long WholeArgument() =>
        long.TryParse(Argument, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0;

    /// <summary>The argument as a time: <c>500ms</c>, <c>2s</c>, <c>1m</c>; a bare number is seconds.</summary>
    public TimeSpan Duration()
    {
        var (digits, unit) = Argument switch
        {
            [.. var text, 'm', 's'] => (text, 0.001),
            [.. var text, 's'] => (text, 1),
            [.. var text, 'm'] => (text, 60),
            var text => (text, 1.0),
        };
        return double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value * unit < 86_400
            ? TimeSpan.FromSeconds(value * unit)
            : TimeSpan.Zero;
    }

    /// <summary>The argument as a size: <c>10MB</c>, <c>64KB</c>, bytes.</summary>
    public long Bytes()
    {
        var (digits, unit) = Argument switch
        {
            [.. var text, 'M', 'B'] => (text, 1L << 20),
            [.. var text, 'K', 'B'] => (text, 1L << 10),
            var text => (text, 1L),
        };
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value < 1L << 30 ? value * unit : 0;
    }
}
