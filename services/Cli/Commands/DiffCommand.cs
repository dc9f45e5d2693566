using System.CommandLine;

namespace Orchestrator.Cli.Commands;

public static class DiffCommand
{
    public static Command Create(CommandScope scope) =>
        ArtifactCommand.Create(scope, "diff", "Print a job's patch", "patch.diff");
}
