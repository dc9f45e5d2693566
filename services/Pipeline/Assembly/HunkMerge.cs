using System.Globalization;
using System.Text;

namespace Orchestrator.Pipeline.Assembly;

/// <summary>Brings the hunks of two patches together that start from the same file, as a three-way merge would, without the file: what lies around a change stands in its hunk.</summary>
internal static class HunkMerge
{
    private const int Context = 3;

    /// <summary>The hunks of both, or null where they change the same or neighbouring lines in different ways.</summary>
    /// <param name="one">From the base to one side.</param>
    /// <param name="other">From the base to the other.</param>
    /// <param name="common">From the base to what both started from.</param>
    public static string? Of(string one, string other, string common)
    {
        var known = new Dictionary<int, string>();
        var (ours, theirs, before) = (Read(one, known).ToHashSet(), Read(other, known).ToHashSet(), Read(common, known).ToHashSet());
        // What only one side still has of the common start, the other made something else of.
        Edit[] edits = [.. ours.Union(theirs).Where(edit => (ours.Contains(edit) && theirs.Contains(edit)) || !before.Contains(edit)).OrderBy(edit => edit.At)];
        return edits.Zip(edits.Skip(1)).Any(pair => pair.Second.At <= pair.First.End) ? null : Write(edits, known);
    }

    private static List<Edit> Read(string hunks, Dictionary<int, string> known)
    {
        var edits = new List<Edit>();
        var (at, open) = (0, new Edit(0, 0, "", 0, ""));
        foreach (var line in Lines(hunks))
        {
            if (line[0] is '@' or ' ')
            {
                if (open.Removed.Length + open.Added.Length > 0)
                    edits.Add(open);
                at = line[0] == '@' ? StartOf(line) : at + 1;
                open = new Edit(at, 0, "", 0, "");
            }

            if (line[0] == ' ')
                known[at - 1] = line[1..];
            else if (line[0] == '+')
                open = open with { Added = open.Added + line, AddedLines = open.AddedLines + 1 };
            else if (line[0] == '-')
                (known[at++], open) = (line[1..], open with { Removed = open.Removed + line, RemovedLines = open.RemovedLines + 1 });
        }

        if (open.Removed.Length + open.Added.Length > 0)
            edits.Add(open);
        return edits;
    }

    private static string? Write(Edit[] edits, Dictionary<int, string> known)
    {
        var text = new StringBuilder();
        var shift = 0;
        for (var i = 0; i < edits.Length;)
        {
            var start = edits[i].At;
            while (start > 0 && start > edits[i].At - Context && known.ContainsKey(start - 1))
                start--;
            var (at, added, body) = (start, 0, new StringBuilder());
            do
            {
                for (; at < edits[i].At; at++)
                {
                    if (!known.TryGetValue(at, out var line))
                        return null;
                    body.Append(' ').Append(line);
                }

                body.Append(edits[i].Removed).Append(edits[i].Added);
                added += edits[i].AddedLines - edits[i].RemovedLines;
                at = edits[i].End;
                i++;
            }
            while (i < edits.Length && edits[i].At - at <= 2 * Context);
            for (var end = at + Context; at < end && known.TryGetValue(at, out var line); at++)
                body.Append(' ').Append(line);
            text.Append(CultureInfo.InvariantCulture, $"@@ -{Range(start, at - start)} +{Range(start + shift, at - start + added)} @@\n").Append(body);
            shift += added;
        }

        return text.ToString();
    }

    // A range of no lines names the line before it.
    private static string Range(int start, int count) => string.Create(CultureInfo.InvariantCulture, $"{(count == 0 ? start : start + 1)},{count}");

    /// <summary>Lines before the hunk: of <c>@@ -5,2 +5,3 @@</c> four, of <c>@@ -5,0 +6 @@</c> five.</summary>
    private static int StartOf(string header)
    {
        var range = header.Split(' ')[1][1..].Split(',');
        var start = int.Parse(range[0], CultureInfo.InvariantCulture);
        return range is [_, "0"] ? start : start - 1;
    }

    /// <summary>The lines with their ends; that a line has none stands in a line of its own behind it, which belongs to it.</summary>
    private static IEnumerable<string> Lines(string hunks)
    {
        for (var at = 0; at < hunks.Length;)
        {
            var end = hunks.IndexOf('\n', at) + 1;
            if (end > 0 && end < hunks.Length && hunks[end] == '\\')
                end = hunks.IndexOf('\n', end) + 1;
            end = end == 0 ? hunks.Length : end;
            yield return hunks[at..end];
            at = end;
        }
    }

    /// <summary>Lines that are taken out of the base and others that are put there.</summary>
    private sealed record Edit(int At, int RemovedLines, string Removed, int AddedLines, string Added)
    {
        public int End => At + RemovedLines;
    }
}
