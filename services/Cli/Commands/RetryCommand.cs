using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Cli.Output;
using Orchestrator.Cli.Watching;

namespace Orchestrator.Cli.Commands;

public static class RetryCommand
{
    public static Command Create(CommandScope scope)
    {
        var job = scope.Job();
        var from = new Option<string?>("--from") { Description = "Run this step and all that depends on it again; what failed or was left out when absent", HelpName = "step" };
        var comment = new Option<string?>("--comment", "-m") { Description = "Reaches the prompts of the new run", HelpName = "text" };
        var watch = new Option<bool>("--watch", "-w") { Description = "Stay and show the steps live" };
        var timeout = TimeoutOption.Create();
        var command = new Command("retry", "Run a job that is over again; what succeeded is reused and not paid again") { job, from, comment, watch, timeout };
        scope.Handle(command, async (session, stop) =>
        {
            var jobId = await session.JobIdAsync(job, stop);
            var body = new JsonObject();
            if (session.Parsed.GetValue(comment) is { } words)
                body["comment"] = words;
            var answer = await session.Server.RetryAsync(jobId, session.Parsed.GetValue(from), body, stop);
            var told = $"Retrying: {jobId}, run {answer.Json.GetProperty("run").GetInt32()}";
            if (!session.Parsed.GetValue(watch))
            {
                session.Printer.Item(answer.Json, "job_id", () => session.Terminal.Note(TerminalText.OneLine(told)));
                return ExitCodes.Done;
            }

            session.Terminal.Note(TerminalText.OneLine(told));
            var last = await Watcher.WatchAsync(session, jobId, session.Parsed.GetValue(timeout), stop);
            return await Watcher.FinishAsync(session, last, stop);
        });
        return command;
    }
}
