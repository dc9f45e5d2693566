using System.CommandLine;
using Orchestrator.Cli.Client;
using Orchestrator.Cli.Dev;
using Orchestrator.Cli.Doctor;

namespace Orchestrator.Cli.Commands;

/// <summary>All services in one process, for a first look and for development.</summary>
public static class DevCommand
{
    private static readonly string[] RealAgents = ["claude", "codex", "opencode"];

    public static Command Create(CommandScope scope)
    {
        var port = DevPort.Option();
        var data = new Option<string>("--data") { Description = "Folder of databases, artifacts and token", DefaultValueFactory = _ => ServerAddress.DevFolder };
        var settings = new Argument<string[]>("settings") { Description = "Configuration, for example --Agents:Mode=real (after --)", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("dev", "Run all services in this process") { port, data, settings };
        scope.Handle(command, async (session, stop) =>
        {
            var folder = Path.GetFullPath(session.Parsed.GetValue(data)!, session.Terminal.Folder);
            await using var server = await DevServer.StartAsync(folder, session.Parsed.GetValue(port), session.Parsed.GetValue(settings) ?? [], stop);
            var found = RealAgents.Where(agent => new Tool(session.Terminal.Variable("PATH")).Find(agent) is not null).ToArray();
            var offer = found.Length > 0 && !RealAgents.Contains(server.DefaultAgent) ? $"; found on PATH: {string.Join(", ", found)} (orch dev -- --Agents:Mode=real)" : "";
            session.Terminal.Out.WriteLine(server.Address.Url);
            session.Terminal.Note($"""
                Orchestrator runs at {server.Address.Url} (API: {server.Address.Url}docs)
                Token:  {Path.Combine(folder, ServerAddress.TokenFile)}
                Agent:  {server.DefaultAgent}{offer}
                Next:   orch submit --goal "Add a section on testing to the README" --repo . --watch
                """);
            await server.WaitAsync(stop);
            return ExitCodes.Done;
        });
        return command;
    }
}
