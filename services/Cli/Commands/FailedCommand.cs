using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Commands;

/// <summary>Messages that could not be handled, and failed jobs.</summary>
public static class FailedCommand
{
    public static Command Create(CommandScope scope) =>
        new("failed", "Messages that could not be handled, and failed jobs")
        {
            List(scope),
            Show(scope),
            Decide(scope, "requeue", "Send messages to their queues again", "Requeued"),
            Decide(scope, "discard", "Give messages up", "Discarded"),
        };

    private static Command List(CommandScope scope)
    {
        var filter = new Filter();
        var state = new Option<string?>("--state") { Description = "open (the default), requeueing, discarding, requeued, discarded or all" };
        var limit = new Option<int>("--limit", "-n") { Description = "At most so many, newest first", DefaultValueFactory = _ => 50 };
        limit.Validators.Add(result =>
        {
            if (result.GetValue(limit) is < 1 or > 10_000)
                result.AddError("--limit is a number from 1 to 10000.");
        });
        var command = new Command("list", "List failed messages, newest first") { state, limit };
        command.Aliases.Add("ls");
        filter.AddTo(command);
        scope.Handle(command, async (session, stop) =>
        {
            var messages = await session.Server.FailedAsync(session.Parsed.GetValue(limit), stop, [.. filter.Of(session.Parsed), ("state", session.Parsed.GetValue(state))]);
            var now = session.Time.GetUtcNow();
            session.Printer.Rows(
                messages,
                "id",
                Column.Of("ID", "id"),
                Column.Of("QUEUE", "queue"),
                Column.Of("STATE", "state"),
                Column.Of("CODE", "code"),
                Column.Of("TYPE", "message_type"),
                Column.Of("JOB", "job_id"),
                new Column("AGE", row => DateTimeOffset.TryParse(row.Text("received_at"), out var at) ? Ages.Short(now - at) : ""),
                new Column("REASON", row => TerminalText.Shorten(row.Text("reason") ?? "", 200)) { Wraps = true });
            if (messages.Count == 0 && session.Printer.Format == OutputFormat.Table)
                session.Terminal.Note("No failed messages.");
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Show(CommandScope scope)
    {
        var id = CommandScope.Id("id", "Id of the failed message, from `orch failed list`");
        var command = new Command("show", "Show a failed message with its headers and body") { id };
        scope.Handle(command, async (session, stop) =>
        {
            var shown = (await session.Server.FailedAsync(session.Parsed.GetRequiredValue(id), stop)).Json;
            var message = shown.GetProperty("message");
            if (session.Printer.Format == OutputFormat.Name)
            {
                session.Printer.Item(message, "id", () => { });
                return ExitCodes.Done;
            }

            session.Printer.Item(shown, "id", () =>
            {
                session.Printer.Fields(message);
                foreach (var line in (shown.Text("exception") ?? "").ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries))
                    session.Terminal.Out.WriteLine(TerminalText.OneLine(line));
                session.Printer.Fields(shown.GetProperty("properties"));
                session.Terminal.Out.WriteLine();
                foreach (var line in (shown.Text("body") ?? "").ReplaceLineEndings("\n").Split('\n'))
                    session.Terminal.Out.WriteLine(TerminalText.OneLine(line));
            });
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Decide(CommandScope scope, string verb, string description, string done)
    {
        var ids = new Argument<string[]>("id") { Description = "Ids of failed messages; or name many by options", Arity = ArgumentArity.ZeroOrMore };
        var filter = new Filter();
        var all = new Option<bool>("--all") { Description = "Every open message" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only count what the options name" };
        var command = new Command(verb, description) { ids, all, dryRun };
        filter.AddTo(command);
        scope.Handle(command, async (session, stop) =>
        {
            var named = session.Parsed.GetValue(ids) ?? [];
            var parts = filter.Of(session.Parsed).Where(part => part.Value is not null).ToArray();
            if ((named.Length > 0 ? 1 : 0) + (parts.Length > 0 ? 1 : 0) + (session.Parsed.GetValue(all) ? 1 : 0) != 1 || (named.Length > 0 && session.Parsed.GetValue(dryRun)))
                throw new UsageException($"Name what to {verb}: ids, or a filter (--queue, --code, --job, --since), or --all.", $"See which there are: orch failed list");
            if (named.Length == 0)
            {
                var selection = new JsonObject { ["all"] = session.Parsed.GetValue(all), ["dry_run"] = session.Parsed.GetValue(dryRun) };
                foreach (var (name, value) in parts)
                    selection[name] = value;
                var answer = (await session.Server.DecideFailedAsync(selection, verb, stop)).Json;
                session.Printer.Item(answer, "decided", () => session.Terminal.Note(session.Parsed.GetValue(dryRun)
                    ? $"{answer.GetProperty("matched")} messages would be meant."
                    : $"{done} {answer.GetProperty("decided")} of {answer.GetProperty("matched")} messages."));
                return ExitCodes.Done;
            }

            var decided = new List<JsonElement>();
            foreach (var id in named)
                decided.Add((await session.Server.DecideFailedAsync(id, verb, stop)).Json);
            session.Printer.Rows(decided, "id", Column.Of("ID", "id"), Column.Of("QUEUE", "queue"), Column.Of("STATE", "state"));
            return ExitCodes.Done;
        });
        return command;
    }

    private sealed class Filter
    {
        private readonly Option<string?> _queue = new("--queue") { Description = "Only of this queue; jobs.failed holds the failed jobs", HelpName = "queue" };
        private readonly Option<string?> _code = new("--code") { Description = "Only with this reason code", HelpName = "code" };
        private readonly Option<string?> _job = new("--job") { Description = "Only about this job", HelpName = "job" };
        private readonly Option<string?> _since = new("--since") { Description = "Only from this time on, like 2026-01-31T12:00:00Z", HelpName = "time" };

        public void AddTo(Command command)
        {
            command.Add(_queue);
            command.Add(_code);
            command.Add(_job);
            command.Add(_since);
        }

        public IEnumerable<(string Name, string? Value)> Of(ParseResult parsed) =>
            [("queue", parsed.GetValue(_queue)), ("code", parsed.GetValue(_code)), ("job", parsed.GetValue(_job)), ("since", parsed.GetValue(_since))];
    }
}
