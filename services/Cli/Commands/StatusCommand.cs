using System.CommandLine;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Commands;

public static class StatusCommand
{
    public static Command Create(CommandScope scope)
    {
        var job = scope.Job();
        var command = new Command("status", "Show a job and its steps") { job };
        scope.Handle(command, async (session, stop) =>
        {
            var answer = await session.Server.JobAsync(await session.JobIdAsync(job, stop), stop);
            session.Printer.Item(answer.Json, "job_id", () => JobCard.Write(session.Terminal, answer.Value, session.Time.GetUtcNow()));
            return ExitCodes.Done;
        });
        return command;
    }
}
