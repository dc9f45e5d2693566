namespace Orchestrator.Cli.Output;

/// <summary>Aligned columns without frames, folding or trailing blanks, for pipes.</summary>
public static class PlainTable
{
    public static void Write(TextWriter writer, IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<string>> rows)
    {
        IReadOnlyList<string>[] lines = [headers, .. rows];
        var widths = Enumerable.Range(0, headers.Count).Select(column => lines.Max(line => line[column].Length)).ToArray();
        foreach (var line in lines)
            writer.WriteLine(string.Join("  ", line.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }
}
