using Orchestrator.Cli.Client;
using Spectre.Console;

namespace Orchestrator.Cli.Output;

/// <summary>The steps of a job as a table that fits 80 columns.</summary>
public static class StepTable
{
    private static readonly string[] Headers = ["STEP", "AGENT", "STATUS", "TRY", "TIME", "SUMMARY"];

    /// <summary>Writes it once: drawn on a terminal, as bare columns into a pipe.</summary>
    public static void Write(Terminal terminal, IReadOnlyList<StepView> steps, DateTimeOffset now)
    {
        if (terminal.OutIsTerminal)
            terminal.Data.Write(Create(steps, now));
        else
            PlainTable.Write(terminal.Out, Headers, steps.Select(step => Cells(step, now)));
    }

    public static Table Create(IReadOnlyList<StepView> steps, DateTimeOffset now)
    {
        var table = new Table { Border = TableBorder.None };
        foreach (var header in Headers)
            table.AddColumn(new TableColumn($"[grey]{header}[/]") { NoWrap = header != "SUMMARY", Padding = new Padding(0, 0, 2, 0) });
        foreach (var step in steps)
        {
            var cells = Cells(step, now);
            table.AddRow([.. cells.Select((cell, column) => Headers[column] == "STATUS" ? StatusWord.Markup(step.Status) : Markup.Escape(cell))]);
        }

        return table;
    }

    private static string[] Cells(StepView step, DateTimeOffset now) =>
    [
        TerminalText.OneLine(step.StepId),
        TerminalText.OneLine(step.Agent ?? ""),
        StatusWord.Plain(step.Status),
        step.HasStarted ? step.Visit > 1 ? $"{step.Visit}.{step.Attempt}" : $"{step.Attempt}" : "",
        Ages.Since(step.StartedAt, step.FinishedAt, now),
        StepText.Of(step),
    ];
}
