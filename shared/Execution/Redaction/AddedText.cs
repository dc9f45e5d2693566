using System.Text;

namespace Orchestrator.Execution.Redaction;

/// <summary>The new file's text of one hunk, or the end of it: what no longer fits is looked at and let go.</summary>
internal sealed class AddedText(SecretRules rules)
{
    private const int Window = 512 * 1024;

    // More than any value is long, so that one which is cut off comes whole with the next window.
    private const int Carry = 80 * 1024;

    private readonly StringBuilder text = new();
    private readonly List<TextLine> lines = [];
    private List<SecretHit> findings = [];
    private string file = "";
    private int looked;
    private bool hasAdded;

    /// <summary>Begins a hunk of a file.</summary>
    public void BeginHunk(string name) => file = name;

    /// <summary>Begins a line of the new file.</summary>
    public void BeginLine(int number, bool isAdded)
    {
        lines.Add(new TextLine(text.Length, number, isAdded));
        hasAdded |= isAdded;
    }

    /// <summary>Takes the line's next characters.</summary>
    public void Append(string piece, bool isLast)
    {
        text.Append(piece);
        if (isLast)
            text.Append('\n');
        if (text.Length >= Window)
            LetGo();
    }

    /// <summary>Looks at the rest and ends the hunk.</summary>
    public void Finish()
    {
        if (hasAdded)
            Look(int.MaxValue);
        text.Clear();
        lines.Clear();
        (looked, hasAdded) = (0, false);
    }

    /// <summary>What was found since the last call.</summary>
    public IReadOnlyList<SecretHit> TakeFindings()
    {
        var taken = findings;
        if (taken.Count > 0)
            findings = [];
        return taken;
    }

    private void LetGo()
    {
        if (hasAdded)
            Look(text.Length - Carry);
        // What precedes a value tells what it is, so more is kept than is looked at again.
        var gone = text.Length - (2 * Carry);
        looked = Math.Max(looked, text.Length - Carry) - gone;
        text.Remove(0, gone);
        var first = Math.Max(0, lines.FindLastIndex(line => line.Offset <= gone));
        lines.RemoveRange(0, first);
        for (var at = 0; at < lines.Count; at++)
            lines[at] = lines[at] with { Offset = lines[at].Offset - gone };
        hasAdded = lines.Exists(line => line.IsAdded);
    }

    private void Look(int before)
    {
        var all = text.ToString();
        var at = 0;
        foreach (var span in rules.Find(all))
        {
            if (span.Start < looked || span.Start >= before)
                continue;
            while (at + 1 < lines.Count && lines[at + 1].Offset <= span.Start)
                at++;
            var isAdded = false;
            for (var other = at; other < lines.Count && lines[other].Offset < span.End; other++)
                isAdded |= lines[other].IsAdded;
            if (isAdded)
                findings.Add(new SecretHit(span.Rule.Kind, span.Rule.Id, lines[at].Number, span.Start - lines[at].Offset, span.Length, SecretRules.Fingerprint(span, all), file));
            looked = span.End;
        }
    }

    private readonly record struct TextLine(int Offset, int Number, bool IsAdded);
}
