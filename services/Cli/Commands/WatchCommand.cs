using System.CommandLine;
using Orchestrator.Cli.Watching;

namespace Orchestrator.Cli.Commands;

public static class WatchCommand
{
    public static Command Create(CommandScope scope)
    {
        var job = scope.Job();
        var timeout = TimeoutOption.Create();
        var command = new Command("watch", "Show a job's steps live until it is over or waits for a person") { job, timeout };
        scope.Handle(command, async (session, stop) =>
        {
            var jobId = await session.JobIdAsync(job, stop);
            var last = await Watcher.WatchAsync(session, jobId, session.Parsed.GetValue(timeout), stop);
            return await Watcher.FinishAsync(session, last, stop);
        });
        return command;
    }
}
