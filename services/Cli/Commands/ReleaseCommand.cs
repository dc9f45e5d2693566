using System.CommandLine;
using System.Text.Json.Nodes;

namespace Orchestrator.Cli.Commands;

public static class ReleaseCommand
{
    public static Command Create(CommandScope scope)
    {
        var job = scope.Job();
        var fingerprints = new Argument<string[]>("fingerprint")
        {
            Description = "What is no secret after all, as `orch status` names it",
            Arity = ArgumentArity.OneOrMore,
        };
        var comment = DecisionCommand.CommentOption();
        var command = new Command("release", "Show work that was withheld because it looks as if it held a secret") { job, fingerprints, comment };
        scope.Handle(command, (session, stop) =>
        {
            var body = new JsonObject { ["fingerprints"] = new JsonArray([.. session.Parsed.GetValue(fingerprints)!.Select(one => JsonValue.Create(one))]) };
            if (session.Parsed.GetValue(comment) is { } words)
                body["comment"] = words;
            return DecisionCommand.SendAsync(session, job, "release", body, "Released", stop);
        });
        return command;
    }
}
