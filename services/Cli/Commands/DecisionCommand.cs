using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Cli.Client;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Commands;

/// <summary>What cancel, approve, reject, resolve and wake share: a job, who said what about it, and the server's answer.</summary>
public static class DecisionCommand
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

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
        var before = await WaitsAsync(session, jobId, stop);
        var answer = await session.Server.DecideAsync(jobId, verb, body, stop);
        await ShowsAsync(session, jobId, before, stop);
        session.Printer.Item(answer.Json, "job_id", () => session.Terminal.Note(TerminalText.OneLine($"{done}: {jobId}")));
        return ExitCodes.Done;
    }

    /// <summary>The decision is stored by now and reaches the job in a moment; a watch that begins before would still find it waiting.</summary>
    private static async Task ShowsAsync(Session session, string jobId, IReadOnlyList<ParkedView> before, CancellationToken stop)
    {
        var begun = session.Time.GetTimestamp();
        while (before.Count > 0 && session.Time.GetElapsedTime(begun) < Settling && before.SequenceEqual(await WaitsAsync(session, jobId, stop)))
            await Task.Delay(Look, session.Time, stop);
    }

    private static async Task<IReadOnlyList<ParkedView>> WaitsAsync(Session session, string jobId, CancellationToken stop)
    {
        try
        {
            var job = (await session.Server.JobAsync(jobId, stop)).Value;
            return [.. new[] { job.Parked }.Concat((job.Steps ?? []).Select(step => step.Parked)).OfType<ParkedView>()];
        }
        catch (ApiException)
        {
            // Whoever may decide need not be allowed to look.
            return [];
        }
    }
}
