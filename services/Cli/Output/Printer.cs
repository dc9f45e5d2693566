using System.Text.Encodings.Web;
using System.Text.Json;
using Spectre.Console;

namespace Orchestrator.Cli.Output;

/// <summary>Writes what a command answers in the form that was asked for. JSON is what the server said, unchanged.</summary>
public sealed class Printer(Terminal terminal, OutputFormat format)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public OutputFormat Format => format;

    public void Rows(IReadOnlyList<JsonElement> rows, string name, params Column[] columns)
    {
        switch (format)
        {
            case OutputFormat.Json:
                terminal.Out.WriteLine(JsonSerializer.Serialize(rows, Indented));
                break;
            case OutputFormat.Jsonl:
                foreach (var row in rows)
                    terminal.Out.WriteLine(JsonSerializer.Serialize(row, Compact));
                break;
            case OutputFormat.Name:
                foreach (var row in rows)
                    terminal.Out.WriteLine(row.Text(name));
                break;
            case OutputFormat.Table when rows.Count == 0:
                terminal.Note("None.");
                break;
            default:
                Table(rows, columns);
                break;
        }
    }

    public void Item(JsonElement item, string name, Action table)
    {
        switch (format)
        {
            case OutputFormat.Json:
                terminal.Out.WriteLine(JsonSerializer.Serialize(item, Indented));
                break;
            case OutputFormat.Jsonl:
                terminal.Out.WriteLine(JsonSerializer.Serialize(item, Compact));
                break;
            case OutputFormat.Name:
                terminal.Out.WriteLine(item.Text(name));
                break;
            default:
                table();
                break;
        }
    }

    /// <summary>Every field that has a value, one a line.</summary>
    public void Fields(JsonElement item)
    {
        foreach (var field in item.EnumerateObject().Where(field => field.Value.ValueKind != JsonValueKind.Null))
            terminal.Out.WriteLine(TerminalText.OneLine($"{field.Name,-16}{(field.Value.ValueKind == JsonValueKind.String ? field.Value.GetString() : JsonSerializer.Serialize(field.Value, Compact))}"));
    }

    public void Table(IReadOnlyList<JsonElement> rows, params Column[] columns)
    {
        if (!terminal.OutIsTerminal)
        {
            PlainTable.Write(terminal.Out, [.. columns.Select(column => column.Header)], rows.Select(row => columns.Select(column => column.Plain(row)).ToArray()));
            return;
        }

        var table = new Table { Border = TableBorder.None, ShowHeaders = true };
        foreach (var column in columns)
            table.AddColumn(new TableColumn($"[grey]{column.Header}[/]") { NoWrap = !column.Wraps, Padding = new Padding(0, 0, 2, 0) });
        foreach (var row in rows)
            table.AddRow([.. columns.Select(column => new Markup(column.Rich(row)))]);
        terminal.Data.Write(table);
    }
}
