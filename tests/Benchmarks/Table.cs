namespace Orchestrator.Benchmarks;

/// <summary>The table that a run prints at its end: each figure with what is needed and what is aimed at, and whether it is reached.</summary>
internal sealed class Table
{
    private readonly List<string[]> _rows = [["figure", "measured", "needed", "aim", "reached"], ["---", "---", "---", "---", "---"]];

    /// <summary>A limit, or a part of a figure: to read the others by.</summary>
    public void Note(string figure, string measured) => _rows.Add([figure, measured, "", "", ""]);

    /// <summary>A figure of which less is better; several values where several are asked for.</summary>
    public void Figure(string name, string measured, double[] values, double[] needed, double[] aim)
    {
        var reached = Within(values, aim) ? "aim" : Within(values, needed) ? "needed" : "**no**";
        _rows.Add([name, measured, string.Join(" / ", needed), string.Join(" / ", aim), reached]);
    }

    public void Print() => _rows.ForEach(row => Console.WriteLine($"| {string.Join(" | ", row)} |"));

    private static bool Within(double[] values, double[] limits) => values.Zip(limits).All(pair => pair.First <= pair.Second);
}
