using System.CommandLine;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Commands;

public static class AgentsCommand
{
    public static Command Create(CommandScope scope)
    {
        var command = new Command("agents", "Which agents the server can run");
        scope.Handle(command, async (session, stop) =>
        {
            var answer = await session.Server.AgentsAsync(stop);
            if (session.Printer.Format == OutputFormat.Table && answer.Json.Text("mode") is { } mode)
                session.Terminal.Note($"mode: {mode}");
            session.Printer.Rows([.. answer.Json.GetProperty("agents").EnumerateArray()], "name", Column.Of("AGENT", "name"), Column.Of("VERSION", "version"), Column.Of("BINARY", "binary"));
            return ExitCodes.Done;
        });
        return command;
    }
}
