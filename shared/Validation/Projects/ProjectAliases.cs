using Orchestrator.Contracts.Projects;
using Orchestrator.Validation.Jobs;

namespace Orchestrator.Validation.Projects;

/// <summary>Reads <c>PROJECT_ALIASES</c> of the replaced system: <c>id=/absolute/path,id2=/other/path</c>.</summary>
public static class ProjectAliases
{
    /// <summary>Name of the variable; it is the path of every problem.</summary>
    public const string Variable = "PROJECT_ALIASES";

    /// <summary>The projects, or every entry that is none. Nothing is half taken: with problems there are no projects.</summary>
    public static (IReadOnlyList<ProjectDocument> Projects, IReadOnlyList<JobProblem> Problems) Parse(string? value)
    {
        var problems = new ProblemList();
        var projects = new Dictionary<string, ProjectDocument>(StringComparer.Ordinal);
        foreach (var entry in (value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var path = $"{Variable}[{JsonPath.Shown(entry.Split('=')[0])}]";
            if (entry.Split('=', 2, StringSplitOptions.TrimEntries) is not [{ Length: > 0 } id, { Length: > 0 } folder])
            {
                problems.Add(path, ProblemCodes.InvalidValue, $"{JsonPath.Shown(entry)} is not an alias.", "Write id=/absolute/path, with commas between the entries.");
                continue;
            }

            if (folder[0] != '/')
                problems.Add(path, ProblemCodes.InvalidPath, $"{JsonPath.Shown(folder)} is not an absolute path.", "Begin with /.");
            var project = new ProjectDocument { Id = id, RepoUrl = folder };
            foreach (var problem in ProjectValidation.Check(project))
                problems.Add(path, problem.Code, problem.Message, problem.Hint);
            if (!projects.TryAdd(id, project))
                problems.Add(path, ProblemCodes.InvalidValue, $"{JsonPath.Shown(id)} is there twice.", "Give each path an id of its own.");
        }

        return problems.IsEmpty ? ([.. projects.Values], []) : ([], problems.Problems);
    }
}
