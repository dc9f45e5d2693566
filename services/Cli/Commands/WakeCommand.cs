using System.CommandLine;

namespace Orchestrator.Cli.Commands;

public static class WakeCommand
{
    public static Command Create(CommandScope scope) =>
        DecisionCommand.Create(scope, "wake", "Carry a parked job on now instead of when it is due", "Woken", takesStep: true, takesComment: false);
}
