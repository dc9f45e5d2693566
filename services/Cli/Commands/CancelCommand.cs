using System.CommandLine;

namespace Orchestrator.Cli.Commands;

public static class CancelCommand
{
    public static Command Create(CommandScope scope) =>
        DecisionCommand.Create(scope, "cancel", "End a job; partial work is kept", "Cancelling", takesStep: false, takesComment: true);
}
