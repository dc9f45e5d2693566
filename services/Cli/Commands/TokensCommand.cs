using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Commands;

public static class TokensCommand
{
    private static readonly string[] Verbs = ["submit", "read", "control", "repo", "projects", "tokens", "operate"];

    public static Command Create(CommandScope scope) =>
        new("tokens", "Who may do what") { New(scope), List(scope), Revoke(scope) };

    private static Command New(CommandScope scope)
    {
        var name = new Argument<string>("name") { Description = "What the token is for, as the audit shows it" };
        var projects = new Option<string[]>("--project") { Description = "Project that it may use, * for all; may be repeated", HelpName = "id" };
        var verbs = new Option<string[]>("--verb") { Description = $"What it may do: {string.Join(", ", Verbs)}; may be repeated", HelpName = "verb" };
        verbs.AcceptOnlyFromAmong(Verbs);
        var days = new Option<int?>("--expires-in-days") { Description = "When it stops working", HelpName = "days" };
        var command = new Command("create", "Create a token; it is shown once") { name, projects, verbs, days };
        scope.Handle(command, async (session, stop) =>
        {
            var token = new JsonObject { ["name"] = session.Parsed.GetRequiredValue(name) };
            AddList(token, "projects", session.Parsed.GetValue(projects));
            AddList(token, "verbs", session.Parsed.GetValue(verbs));
            if (session.Parsed.GetValue(days) is { } limit)
                token["expires_in_days"] = limit;
            var created = await session.Server.CreateTokenAsync(token, stop);
            session.Printer.Item(created.Json, "token", () =>
            {
                session.Terminal.Note("Shown once; only its hash is kept:");
                session.Terminal.Out.WriteLine(created.Json.Text("token"));
            });
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command List(CommandScope scope)
    {
        var command = new Command("list", "List tokens");
        command.Aliases.Add("ls");
        scope.Handle(command, async (session, stop) =>
        {
            session.Printer.Rows(
                await session.Server.TokensAsync(stop),
                "id",
                Column.Of("ID", "id"),
                Column.Of("NAME", "name"),
                Column.Of("PROJECTS", "projects"),
                Column.Of("VERBS", "verbs"),
                Column.Of("EXPIRES", "expires_at"));
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Revoke(CommandScope scope)
    {
        var id = CommandScope.Id("id", "Token id, from `orch tokens list`");
        var command = new Command("revoke", "Make a token stop working at once") { id };
        scope.Handle(command, async (session, stop) =>
        {
            await session.Server.RevokeTokenAsync(session.Parsed.GetRequiredValue(id), stop);
            session.Terminal.Note($"Revoked {session.Parsed.GetRequiredValue(id)}.");
            return ExitCodes.Done;
        });
        return command;
    }

    private static void AddList(JsonObject body, string field, string[]? values)
    {
        if (values is { Length: > 0 })
            body[field] = new JsonArray([.. values.Select(value => (JsonNode)value)]);
    }
}
