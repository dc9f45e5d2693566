using Orchestrator.Cli.Client;
using Orchestrator.Cli.Commands;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Watching;

/// <summary>Shows a job until it is settled: progress on standard error, and with <c>-o jsonl</c> each event on standard output.</summary>
public static class Watcher
{
    public static async Task<JobView> WatchAsync(Session session, string jobId, TimeSpan? limit, CancellationToken stop)
    {
        var terminal = session.Terminal;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        if (limit is { } span)
            deadline.CancelAfter(span);
        try
        {
            return await ShowAsync(session, jobId, deadline.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            terminal.Note($"Stopped watching. The job goes on: orch watch {jobId}");
            throw;
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            throw new UsageException($"The job was not over after {Ages.Short(limit!.Value)}.", $"It goes on: orch watch {jobId}", ExitCodes.TimedOut);
        }
    }

    private static async Task<JobView> ShowAsync(Session session, string jobId, CancellationToken stop)
    {
        var terminal = session.Terminal;
        var events = session.Printer.Format == OutputFormat.Jsonl;
        var watch = new JobWatch(session.Server, session.Time) { OnEvent = events ? item => terminal.Out.WriteLine(item.Data.ReplaceLineEndings(" ")) : null };
        if (!events && terminal.CanRedraw)
            return await LiveSteps.ShowAsync(watch, jobId, terminal.Progress, session.Time, stop);

        var lines = new StepLines(terminal.Error);
        JobView? last = null;
        await foreach (var job in watch.FollowAsync(jobId, tick: null, stop))
        {
            last = job;
            lines.Show(job);
        }

        return last!;
    }

    /// <summary>What is left to say when the watching is over.</summary>
    public static async Task<int> FinishAsync(Session session, JobView job, CancellationToken stop)
    {
        switch (session.Printer.Format)
        {
            case OutputFormat.Table:
                JobCard.WriteHead(session.Terminal.Data, job, session.Time.GetUtcNow());
                break;
            case OutputFormat.Jsonl:
                break;
            default:
                session.Printer.Item((await session.Server.JobAsync(job.JobId, stop)).Json, "job_id", () => { });
                break;
        }

        return WatchExit.CodeOf(job);
    }
}
