using System.CommandLine;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Commands;

/// <summary>The root and its commands, in the order of a first day with the tool.</summary>
public static class OrchCommand
{
    public static RootCommand Create(Terminal terminal, TimeProvider time)
    {
        var options = new GlobalOptions();
        var scope = new CommandScope(terminal, time, options);
        var root = new RootCommand(
            """
            Runs coding jobs through agents: plan, implement, review.

            Exit codes: 0 done, 1 job failed, 2 usage, 3 not found, 4 needs approval or rejected,
            5 budget refused, 6 server unreachable, 124 timeout.
            """)
        {
            DemoCommand.Create(scope),
            DevCommand.Create(scope),
            SubmitCommand.Create(scope),
            StatusCommand.Create(scope),
            ListCommand.Create(scope),
            WatchCommand.Create(scope),
            LogsCommand.Create(scope),
            DiffCommand.Create(scope),
            ReportCommand.Create(scope),
            ApplyCommand.Create(scope),
            ApproveCommand.Create(scope),
            RejectCommand.Create(scope),
            ResolveCommand.Create(scope),
            ReleaseCommand.Create(scope),
            RetryCommand.Create(scope),
            CancelCommand.Create(scope),
            WakeCommand.Create(scope),
            FailedCommand.Create(scope),
            ProjectsCommand.Create(scope),
            TokensCommand.Create(scope),
            AgentsCommand.Create(scope),
            DoctorCommand.Create(scope),
        };
        options.AddTo(root);
        return root;
    }
}
