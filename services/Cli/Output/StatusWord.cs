using Spectre.Console;

namespace Orchestrator.Cli.Output;

/// <summary>A status as symbol and word, so that it reads without colour.</summary>
public static class StatusWord
{
    public static string Plain(string? status) => $"{Symbol(status)} {TerminalText.OneLine(status ?? "unknown")}";

    public static string Markup(string? status) => $"[{Colour(status)}]{Spectre.Console.Markup.Escape(Plain(status))}[/]";

    public static string Symbol(string? status) => status switch
    {
        "success" or "completed" or "succeeded" or "ok" => "✓",
        "failed" or "fail" or "timeout" or "timed_out" or "rejected" => "✗",
        "cancelled" or "cancelling" or "skipped" => "⊘",
        "running" or "dispatched" => "●",
        "needs_human" or "parked" or "awaiting_approval" => "‖",
        "warn" => "!",
        _ => "○",
    };

    private static Color Colour(string? status) => Symbol(status) switch
    {
        "✓" => Color.Green,
        "✗" => Color.Red,
        "‖" or "!" => Color.Yellow,
        "●" => Color.Blue,
        _ => Color.Grey,
    };
}
