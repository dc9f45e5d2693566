using System.CommandLine;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Commands;

public static class ListCommand
{
    public static Command Create(CommandScope scope)
    {
        var status = new Option<string?>("--status") { Description = "Only jobs in this state: queued, running, parked, completed, failed or cancelled" };
        status.CompletionSources.Add(_ => ["queued", "running", "parked", "completed", "failed", "cancelled"]);
        var reason = new Option<string?>("--reason") { Description = "Only jobs that are parked for this reason: approval, budget, provider_limit, backoff, outage, …" };
        var project = new Option<string?>("--project") { Description = "Only jobs of this project" };
        var tag = new Option<string?>("--tag") { Description = "Only jobs with this tag" };
        var words = new Option<string?>("--search", "-q") { Description = "Only jobs whose goal or id holds this text" };
        var limit = new Option<int>("--limit", "-n") { Description = "At most so many, newest first", DefaultValueFactory = _ => 20 };
        limit.Validators.Add(result =>
        {
            if (result.GetValue(limit) is < 1 or > 10_000)
                result.AddError("--limit is a number from 1 to 10000.");
        });
        var command = new Command("list", "List jobs, newest first") { status, reason, project, tag, words, limit };
        command.Aliases.Add("ls");
        scope.Handle(command, async (session, stop) =>
        {
            var jobs = await session.Server.JobsAsync(
                session.Parsed.GetValue(limit),
                stop,
                ("status", session.Parsed.GetValue(status)),
                ("reason", session.Parsed.GetValue(reason)),
                ("project", session.Parsed.GetValue(project)),
                ("tag", session.Parsed.GetValue(tag)),
                ("q", session.Parsed.GetValue(words)));
            if (jobs.Count == 0 && session.Printer.Format == OutputFormat.Table)
            {
                session.Terminal.Note("No jobs. Submit one: orch submit --goal TEXT");
                return ExitCodes.Done;
            }

            var now = session.Time.GetUtcNow();
            session.Printer.Rows(
                [.. jobs.Select(job => job.Json)],
                "job_id",
                Column.Of("JOB", "job_id"),
                Column.Status("STATUS", "status"),
                Column.Of("WAITS", "parked.reason"),
                Column.Of("PROJECT", "project_id"),
                new Column("AGE", row => DateTimeOffset.TryParse(row.Text("accepted_at"), out var at) ? Ages.Short(now - at) : ""),
                new Column("GOAL", row => TerminalText.Shorten(row.Text("goal") ?? "", 200)) { Wraps = true });
            return ExitCodes.Done;
        });
        return command;
    }
}
