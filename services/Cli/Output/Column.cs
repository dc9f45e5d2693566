using System.Text.Json;
using Spectre.Console;

namespace Orchestrator.Cli.Output;

/// <summary>One column of a table over JSON rows.</summary>
/// <param name="Header">Upper-case title.</param>
/// <param name="Value">The cell as text.</param>
public sealed record Column(string Header, Func<JsonElement, string?> Value)
{
    /// <summary>Whether a long cell goes over several lines on a terminal.</summary>
    public bool Wraps { get; init; }

    private bool IsStatus { get; init; }

    public static Column Of(string header, string field) => new(header, row => row.Text(field));

    public static Column Long(string header, string field) => new(header, row => row.Text(field)) { Wraps = true };

    public static Column Status(string header, string field) => new(header, row => row.Text(field)) { IsStatus = true };

    public string Plain(JsonElement row) =>
        IsStatus ? StatusWord.Plain(Value(row)) : TerminalText.OneLine(Value(row) ?? "");

    public string Rich(JsonElement row) =>
        IsStatus ? StatusWord.Markup(Value(row)) : Markup.Escape(Plain(row));
}
