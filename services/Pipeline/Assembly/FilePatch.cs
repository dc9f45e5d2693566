namespace Orchestrator.Pipeline.Assembly;

/// <summary>What a patch says of one file, as git writes it. Text is Latin-1, which keeps every byte as one character and back.</summary>
internal sealed record FilePatch
{
    private const string Start = "diff --git ";

    private FilePatch(string text)
    {
        Text = text;
        var hunks = text.IndexOf("\n@@ ", StringComparison.Ordinal) + 1;
        (Header, Hunks) = hunks == 0 ? (text, "") : (text[..hunks], text[hunks..]);
        var lines = Header.Split('\n');
        Base = Renamed(lines, "rename from ") ?? Named(lines[0]);
        Name = Renamed(lines, "rename to ") ?? Base;
        IsDeletion = lines.Contains("+++ /dev/null", StringComparer.Ordinal) || Array.Exists(lines, line => line.StartsWith("deleted file mode ", StringComparison.Ordinal));
        IsPlainEdit = hunks > 0 && !IsDeletion && Base == Name && !lines.Contains("--- /dev/null", StringComparer.Ordinal);
    }

    /// <summary>All of it.</summary>
    public string Text { get; }

    /// <summary>The lines before the first hunk.</summary>
    public string Header { get; }

    /// <summary>The hunks, or nothing.</summary>
    public string Hunks { get; }

    /// <summary>The file's name in the base, or the name of a new one.</summary>
    public string Base { get; }

    /// <summary>The file's name afterwards.</summary>
    public string Name { get; }

    /// <summary>Whether the file is gone afterwards.</summary>
    public bool IsDeletion { get; }

    /// <summary>Whether it changes lines of a file that was there and stays where it is.</summary>
    public bool IsPlainEdit { get; }

    /// <summary>The files of a patch.</summary>
    public static IEnumerable<FilePatch> Read(string patch)
    {
        for (var at = patch.StartsWith(Start, StringComparison.Ordinal) ? 0 : -1; at >= 0;)
        {
            var next = patch.IndexOf("\n" + Start, at, StringComparison.Ordinal);
            yield return new FilePatch(next < 0 ? patch[at..] : patch[at..(next + 1)]);
            at = next < 0 ? -1 : next + 1;
        }
    }

    /// <summary>Both edits of one base in one, or null where they cannot stand together.</summary>
    public static FilePatch? Merge(FilePatch one, FilePatch other, FilePatch? common)
    {
        var header = WithoutResult(one.Header);
        return one.IsPlainEdit && other.IsPlainEdit && header == WithoutResult(other.Header) && HunkMerge.Of(one.Hunks, other.Hunks, common?.Hunks ?? "") is { } hunks
            ? new FilePatch(header + hunks)
            : null;
    }

    // Which blob comes of a merge is not known here; git asks only for the one that it starts from.
    private static string WithoutResult(string header)
    {
        var dots = header.IndexOf("..", Math.Max(0, header.IndexOf("\nindex ", StringComparison.Ordinal)), StringComparison.Ordinal);
        if (!header.Contains("\nindex ", StringComparison.Ordinal) || dots < 0)
            return header;
        var end = header.AsSpan(dots + 2).IndexOfAny(' ', '\n');
        return $"{header[..(dots + 2)]}{new string('0', end)}{header[(dots + 2 + end)..]}";
    }

    private static string? Renamed(string[] lines, string word) =>
        Array.Find(lines, line => line.StartsWith(word, StringComparison.Ordinal)) is { } line ? line[word.Length..].Trim('"') : null;

    // "a/NAME b/NAME", both quoted when the name has more than plain characters; without a rename both are the same.
    private static string Named(string header)
    {
        var names = header[Start.Length..];
        return names[..((names.Length - 1) / 2)].Trim('"')[2..];
    }
}
