using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Cli.JobFiles;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Commands;

public static class ProjectsCommand
{
    private static readonly Column[] Columns =
        [Column.Of("PROJECT", "id"), Column.Of("REPOSITORY", "repo_url"), Column.Of("BRANCH", "default_branch"), Column.Of("CREDENTIAL", "credential")];

    public static Command Create(CommandScope scope) =>
        new("projects", "What jobs may work on") { List(scope), Show(scope), Set(scope), Delete(scope) };

    private static Command List(CommandScope scope)
    {
        var command = new Command("list", "List projects");
        command.Aliases.Add("ls");
        scope.Handle(command, async (session, stop) =>
        {
            var projects = await session.Server.ProjectsAsync(stop);
            session.Printer.Rows([.. projects.Select(project => project.Json)], "id", Columns);
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Show(CommandScope scope)
    {
        var id = Id();
        var command = new Command("show", "Show a project") { id };
        scope.Handle(command, async (session, stop) =>
        {
            var project = await session.Server.ProjectAsync(session.Parsed.GetRequiredValue(id), stop);
            session.Printer.Item(project.Json, "id", () => session.Printer.Fields(project.Json));
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Set(CommandScope scope)
    {
        var id = Id();
        var file = new Option<string?>("--file", "-f") { Description = "Project file, JSON or YAML; replaces the whole project", HelpName = "file" };
        var repo = new Option<string?>("--repo-url") { Description = "https, ssh or file URL", HelpName = "url" };
        var branch = new Option<string?>("--default-branch") { Description = "Branch that jobs start from", HelpName = "branch" };
        var credential = new Option<string?>("--credential") { Description = "Name of a secret that only the host reads", HelpName = "name" };
        var command = new Command("set", "Make a project, or change one") { id, file, repo, branch, credential };
        scope.Handle(command, async (session, stop) =>
        {
            var name = session.Parsed.GetRequiredValue(id);
            var project = session.Parsed.GetValue(file) is { } path
                ? JobFile.Read(path == "-" ? path : Path.Combine(session.Terminal.Folder, path), session.Terminal.In)
                : await PresentAsync(session, name, stop);
            project["id"] = name;
            foreach (var (field, option) in new[] { ("repo_url", repo), ("default_branch", branch), ("credential", credential) })
            {
                if (session.Parsed.GetValue(option) is { } value)
                    project[field] = value;
            }

            var stored = await session.Server.PutProjectAsync(name, project, stop);
            session.Printer.Item(stored.Json, "id", () => session.Terminal.Note($"Stored project {name}."));
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Delete(CommandScope scope)
    {
        var id = Id();
        var command = new Command("delete", "Delete a project; its jobs stay") { id };
        scope.Handle(command, async (session, stop) =>
        {
            await session.Server.DeleteProjectAsync(session.Parsed.GetRequiredValue(id), stop);
            session.Terminal.Note($"Deleted project {session.Parsed.GetRequiredValue(id)}.");
            return ExitCodes.Done;
        });
        return command;
    }

    // Options change what they name and leave the rest, so a change starts from what is there.
    private static async Task<JsonObject> PresentAsync(Session session, string id, CancellationToken stop)
    {
        var projects = await session.Server.ProjectsAsync(stop);
        var present = projects.FirstOrDefault(project => string.Equals(project.Value.Id, id, StringComparison.Ordinal));
        return present is null ? [] : JsonObject.Create(present.Json)!;
    }

    private static Argument<string> Id() => CommandScope.Id("id", "Project id");
}
