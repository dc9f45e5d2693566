using System.CommandLine;
using System.Text.Json;
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
            JsonElement[] agents = [.. answer.Json.GetProperty("agents").EnumerateArray()];
            Column[] columns = [Column.Of("AGENT", "name"), Column.Of("VERSION", "version"), Column.Of("BINARY", "binary")];
            // A server that does not probe its agents knows their names only.
            session.Printer.Rows(agents, "name", [.. columns.Where(column => agents.Any(agent => column.Value(agent) is not null))]);
            return ExitCodes.Done;
        });
        return command;
    }
}
