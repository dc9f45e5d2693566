using System.CommandLine;
using System.Text.Json.Nodes;

namespace Orchestrator.Cli.Commands;

public static class ResolveCommand
{
    public static Command Create(CommandScope scope)
    {
        var job = scope.Job();
        var take = new Option<string?>("--take") { Description = "Step whose side wins", HelpName = "step" };
        var commit = new Option<string?>("--commit") { Description = "Commit of the repository that holds the settled work", HelpName = "sha" };
        var step = DecisionCommand.StepOption();
        var comment = DecisionCommand.CommentOption();
        var command = new Command("resolve", "End a merge conflict: take one side, or a commit") { job, take, commit, step, comment };
        command.Validators.Add(result =>
        {
            if (result.GetValue(take) is null == result.GetValue(commit) is null)
                result.AddError("Give one of --take STEP and --commit SHA.");
        });
        scope.Handle(command, (session, stop) =>
        {
            var body = new JsonObject();
            foreach (var (field, option) in new[] { ("take", take), ("commit", commit), ("step", step), ("comment", comment) })
            {
                if (session.Parsed.GetValue(option) is { } value)
                    body[field] = value;
            }

            return DecisionCommand.SendAsync(session, job, "resolve", body, "Resolved", stop);
        });
        return command;
    }
}
