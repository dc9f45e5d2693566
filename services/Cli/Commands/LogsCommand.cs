using System.CommandLine;
using Orchestrator.Cli.Client;
using Orchestrator.Cli.Output;
using Orchestrator.Cli.Watching;

namespace Orchestrator.Cli.Commands;

public static class LogsCommand
{
    public static Command Create(CommandScope scope)
    {
        var job = scope.Job();
        var step = new Option<string?>("--step") { Description = "Only this step's", HelpName = "step" };
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on until the job is over" };
        var command = new Command("logs", "Print what a job's steps logged") { job, step, follow };
        scope.Handle(command, async (session, stop) =>
        {
            var jobId = await session.JobIdAsync(job, stop);
            var only = session.Parsed.GetValue(step);
            if (session.Parsed.GetValue(follow))
                return await FollowAsync(session, jobId, only, stop);
            await PrintAsync(session, jobId, only, stop);
            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task PrintAsync(Session session, string jobId, string? only, CancellationToken stop)
    {
        var job = (await session.Server.JobAsync(jobId, stop)).Value;
        var steps = Choose(job, only);
        foreach (var step in steps.Where(step => only is not null || step.HasStarted))
        {
            if (steps.Length > 1)
                session.Terminal.Note($"== {step.StepId} ({step.Status})");
            if (!session.Terminal.OutIsTerminal)
            {
                await session.Server.CopyLogAsync(jobId, step.StepId, session.Terminal.OutBytes, stop);
                continue;
            }

            using var bytes = new MemoryStream();
            await session.Server.CopyLogAsync(jobId, step.StepId, bytes, stop);
            await session.Terminal.Out.WriteAsync(TerminalText.Clean(System.Text.Encoding.UTF8.GetString(bytes.ToArray())).AsMemory(), stop);
        }
    }

    private static StepView[] Choose(JobView job, string? only)
    {
        var steps = (job.Steps ?? []).Where(step => only is null || string.Equals(step.StepId, only, StringComparison.Ordinal)).ToArray();
        return only is null || steps.Length > 0
            ? steps
            : throw new UsageException($"Job {job.JobId} has no step {only}.", $"Its steps: {string.Join(", ", (job.Steps ?? []).Select(step => step.StepId))}", ExitCodes.NotFound);
    }

    private static async Task<int> FollowAsync(Session session, string jobId, string? only, CancellationToken stop)
    {
        using var logs = new LogFollowing(session.Server, session.Terminal, jobId);
        var last = (await session.Server.JobAsync(jobId, stop)).Value;
        Choose(last, only);
        await foreach (var job in new JobWatch(session.Server, session.Time).FollowAsync(jobId, tick: null, stop))
        {
            last = job;
            var steps = job.Steps ?? [];
            foreach (var step in steps.Where(step => step.HasStarted && (only is null || string.Equals(step.StepId, only, StringComparison.Ordinal))))
                logs.Follow(step, prefixed: only is null && steps.Count > 1, stop);
        }

        await logs.DrainAsync(last, stop);
        return WatchExit.CodeOf(last);
    }
}
