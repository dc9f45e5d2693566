using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Commands;

/// <summary>What cancel, approve, reject, resolve and wake share: a job, who said what about it, and the server's answer.</summary>
public static class DecisionCommand
{
    public static Command Create(CommandScope scope, string verb, string description, string done, bool takesStep, bool takesComment)
    {
        var job = scope.Job();
        var step = StepOption();
        var comment = CommentOption();
        var command = new Command(verb, description) { job };
        if (takesStep)
            command.Add(step);
        if (takesComment)
            command.Add(comment);
        scope.Handle(command, (session, stop) =>
        {
            var body = new JsonObject();
            if (takesComment && session.Parsed.GetValue(comment) is { } words)
                body["comment"] = words;
            if (takesStep && session.Parsed.GetValue(step) is { } only)
                body["step"] = only;
            return SendAsync(session, job, verb, body, done, stop);
        });
        return command;
    }

    public static Option<string?> StepOption() => new("--step") { Description = "Only this step; whatever waits when absent", HelpName = "step" };

    public static Option<string?> CommentOption() =>
        new("--comment", "-m") { Description = "Kept in the audit; after an approval it reaches the next step's prompt", HelpName = "text" };

    public static async Task<int> SendAsync(Session session, Argument<string> job, string verb, JsonObject body, string done, CancellationToken stop)
    {
        var jobId = await session.JobIdAsync(job, stop);
        var answer = await session.Server.DecideAsync(jobId, verb, body, stop);
        session.Printer.Item(answer.Json, "job_id", () => session.Terminal.Note(TerminalText.OneLine($"{done}: {jobId}")));
        return ExitCodes.Done;
    }
}
