using Orchestrator.Cli.Client;
using Orchestrator.Cli.Output;
using Spectre.Console;

namespace Orchestrator.Cli.Watching;

/// <summary>A watched job as one table that is redrawn in place.</summary>
public static class LiveSteps
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);

    public static async Task<JobView> ShowAsync(JobWatch watch, string jobId, IAnsiConsole console, TimeProvider time, CancellationToken stop)
    {
        JobView? last = null;
        await console.Live(new Text("")).AutoClear(false).Overflow(VerticalOverflow.Crop).Cropping(VerticalOverflowCropping.Top).StartAsync(async view =>
        {
            await foreach (var job in watch.FollowAsync(jobId, Tick, stop))
            {
                last = job;
                view.UpdateTarget(StepTable.Create(job.Steps ?? [], time.GetUtcNow()));
            }
        });
        return last!;
    }
}
