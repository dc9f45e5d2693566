using System.CommandLine;

namespace Orchestrator.Cli.Commands;

public static class ReportCommand
{
    public static Command Create(CommandScope scope) =>
        ArtifactCommand.Create(scope, "report", "Print a job's report", "report.md");
}
