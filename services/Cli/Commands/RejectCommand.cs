using System.CommandLine;

namespace Orchestrator.Cli.Commands;

public static class RejectCommand
{
    public static Command Create(CommandScope scope) =>
        DecisionCommand.Create(scope, "reject", "Turn down what waits for a person", "Rejected", takesStep: true, takesComment: true);
}
