using System.Globalization;
using Orchestrator.Cli.Client;
using Spectre.Console;

namespace Orchestrator.Cli.Output;

/// <summary>A job for people: what it is, its steps, why it waits or failed, and what to type next.</summary>
public static class JobCard
{
    public static void Write(Terminal terminal, JobView job, DateTimeOffset now)
    {
        WriteHead(terminal.Data, job, now);
        if (job.Steps is { Count: > 0 } steps)
        {
            terminal.Out.WriteLine();
            StepTable.Write(terminal, steps, now);
        }
    }

    /// <summary>All but the steps.</summary>
    public static void WriteHead(IAnsiConsole console, JobView job, DateTimeOffset now)
    {
        Line(console, $"{StatusWord.Markup(job.Status)}  [bold]{Markup.Escape(TerminalText.OneLine(job.JobId))}[/]{Run(job)}");
        Field(console, "goal", TerminalText.Shorten(TerminalText.OneLine(job.Goal ?? ""), 300));
        Field(console, "project", job.ProjectId);
        Field(console, "accepted", Time(job.AcceptedAt));
        Field(console, "took", Ages.Since(job.StartedAt, job.FinishedAt, now));
        if (job.Usage is { Launches: > 0 } usage)
            Field(console, "used", string.Create(CultureInfo.InvariantCulture, $"{usage.Launches} launches, {usage.TokensIn} tokens in, {usage.TokensOut} out, ${usage.CostUsd:0.0000}"));
        Field(console, "summary", job.Summary);
        if (job.Parked is { } parked)
            Field(console, "waits", $"{parked.Reason}{(parked.StepId is { } at ? $" at {at}" : "")}: {parked.Detail}{Wake(parked, now)}");
        Field(console, "waits for", job.WaitsFor);
        foreach (var run in job.Runs is { Count: > 1 } runs ? runs : [])
            Field(console, $"run {run.Run}", string.Create(CultureInfo.InvariantCulture, $"{run.Status}{(run.From is { } first ? $", from {first}" : "")}, {run.Launches} launches, ${run.CostUsd:0.0000}{(run.Run > 1 ? $", by {run.Actor}" : "")}"));
        if (job.Error is { } error)
            Field(console, "error", $"{error.Code}{(error.StepId is { } step ? $" in {step}" : "")}: {error.Message}");
        foreach (var notice in job.Notices ?? [])
            Field(console, "notice", notice);
        if (NextCommand.Of(job) is { } next)
            Field(console, "next", next);
    }

    private static string Run(JobView job) => job.Run > 1 ? $"  [grey]run {job.Run}[/]" : "";

    private static string Wake(ParkedView parked, DateTimeOffset now) =>
        parked.WakeAt is { } at && at > now ? $" (goes on in {Ages.Short(at - now)})" : "";

    private static string? Time(DateTimeOffset? at) =>
        at?.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static void Field(IAnsiConsole console, string name, string? value)
    {
        if (!string.IsNullOrWhiteSpace(value))
            Line(console, $"[grey]{name,-9}[/]{Markup.Escape(TerminalText.OneLine(value))}");
    }

    private static void Line(IAnsiConsole console, string markup) => console.MarkupLine(markup);
}
