using System.Text;

namespace Orchestrator.Execution.Redaction;

/// <summary>
/// Follows a unified diff of git as it comes, in pieces of any size: of each hunk it holds the new file's text, or the end of it, and looks for secrets there. What
/// lies in unchanged lines only is passed over; a key whose first line stays and whose body is new is not.
/// </summary>
internal sealed class DiffHunks(SecretRules rules)
{
    /// <summary>Characters of a line that are taken at once.</summary>
    public const int LongestPiece = 64 * 1024;

    private readonly StringBuilder line = new();
    private readonly AddedText added = new(rules);
    private readonly List<int> oldLeft = [];
    private string file = "";
    private int newLeft;
    private int newLine;
    private bool isInLine;
    private bool isTaken;

    private bool IsInHunk => newLeft > 0 || oldLeft.Exists(left => left > 0);

    /// <summary>Takes the next characters of the diff.</summary>
    public void Append(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            var end = text.IndexOf('\n');
            line.Append(end < 0 ? text : text[..end]);
            if (end >= 0 || line.Length >= LongestPiece)
                TakePiece(isLast: end >= 0);
            text = end < 0 ? [] : text[(end + 1)..];
        }
    }

    /// <summary>Ends the diff.</summary>
    public void Finish()
    {
        if (line.Length > 0)
            TakePiece(isLast: true);
        added.Finish();
    }

    /// <summary>What was found since the last call.</summary>
    public IReadOnlyList<SecretHit> TakeFindings() => added.TakeFindings();

    private void TakePiece(bool isLast)
    {
        var piece = line.ToString();
        line.Clear();
        if (!isInLine)
            isTaken = Begin(ref piece);
        if (isTaken)
            added.Append(piece, isLast);
        isInLine = !isLast;
    }

    // Whether the line is one of the new file; then it loses its marks.
    private bool Begin(ref string piece)
    {
        if (IsInHunk && TryCount(piece, out var isNew, out var isAdded))
        {
            if (!isNew)
                return false;
            added.BeginLine(newLine++, isAdded);
            piece = piece.Length > oldLeft.Count ? piece[oldLeft.Count..] : "";
            return true;
        }

        if (piece.StartsWith('\\'))
            return false;
        added.Finish();
        (newLeft, newLine) = (0, 0);
        oldLeft.Clear();
        if (piece.StartsWith("diff ", StringComparison.Ordinal))
            file = "";
        else if (piece.StartsWith("+++ ", StringComparison.Ordinal))
            file = GitPath.Read(piece["+++ ".Length..]);
        else if (piece.StartsWith("@@", StringComparison.Ordinal))
            BeginHunk(piece);
        return false;
    }

    // One mark for each parent: a line with a minus is in the parents that have it, any other in the new file and in the parents without a plus.
    private bool TryCount(string piece, out bool isNew, out bool isAdded)
    {
        (isNew, isAdded) = (true, false);
        var marks = piece.Length == 0 ? new string(' ', oldLeft.Count) : piece[..Math.Min(oldLeft.Count, piece.Length)];
        if (marks.AsSpan().ContainsAnyExcept(" +-"))
            return false;
        isNew = !marks.Contains('-', StringComparison.Ordinal);
        isAdded = marks.Contains('+', StringComparison.Ordinal);
        for (var parent = 0; parent < marks.Length; parent++)
        {
            if (marks[parent] == (isNew ? ' ' : '-'))
                oldLeft[parent]--;
        }

        newLeft -= isNew ? 1 : 0;
        return true;
    }

    // @@ -12,5 +12,7 @@, with one more @ and range for each further parent.
    private void BeginHunk(string header)
    {
        foreach (var range in header.Split(' ').Skip(1).TakeWhile(part => !part.StartsWith('@')))
        {
            var numbers = range.Length > 1 ? range[1..].Split(',') : [];
            var (start, count) = (Number(numbers, 0, 0), Number(numbers, 1, 1));
            if (range.StartsWith('-'))
                oldLeft.Add(count);
            else if (range.StartsWith('+'))
                (newLine, newLeft) = (start, count);
        }

        if (oldLeft.Count == 0)
            newLeft = 0;
        added.BeginHunk(file);
    }

    private static int Number(string[] numbers, int place, int otherwise) => place < numbers.Length && int.TryParse(numbers[place], out var number) ? number : otherwise;
}
