using System.CommandLine;

namespace Orchestrator.Cli.Commands;

public static class ApproveCommand
{
    public static Command Create(CommandScope scope) =>
        DecisionCommand.Create(scope, "approve", "Let what waits for a person go on", "Approved", takesStep: true, takesComment: true);
}
