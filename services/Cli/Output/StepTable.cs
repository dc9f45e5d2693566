using Orchestrator.Cli.Client;
using Spectre.Console;

namespace Orchestrator.Cli.Output;

/// <summary>The steps of a job as a table that fits 80 columns.</summary>
public static class StepTable
{
    public static Table Create(IReadOnlyList<StepView> steps, DateTimeOffset now)
    {
        var table = new Table { Border = TableBorder.None };
        foreach (var (header, wraps) in new[] { ("STEP", false), ("AGENT", false), ("STATUS", false), ("TRY", false), ("TIME", false), ("SUMMARY", true) })
            table.AddColumn(new TableColumn($"[grey]{header}[/]") { NoWrap = !wraps, Padding = new Padding(0, 0, 2, 0) });
        foreach (var step in steps)
        {
            table.AddRow(
                Cell(step.StepId),
                Cell(step.Agent),
                StatusWord.Markup(step.Status),
                step.HasStarted ? step.Visit > 1 ? $"{step.Visit}.{step.Attempt}" : $"{step.Attempt}" : "",
                Ages.Since(step.StartedAt, step.FinishedAt, now),
                Cell(StepText.Of(step)));
        }

        return table;
    }

    private static string Cell(string? text) => Markup.Escape(TerminalText.OneLine(text ?? ""));
}
