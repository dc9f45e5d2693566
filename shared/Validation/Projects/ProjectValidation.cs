using System.Text.Json;
using System.Text.RegularExpressions;
using Orchestrator.Contracts.Json;
using Orchestrator.Contracts.Projects;
using Orchestrator.Hosting;
using Orchestrator.Validation.Jobs;
using Orchestrator.Validation.Policy;
using Orchestrator.Validation.Schemas;

namespace Orchestrator.Validation.Projects;

/// <summary>Checks projects, whether they come from a file, the API, an alias or the command line.</summary>
public static partial class ProjectValidation
{
    /// <summary>Reads the bytes of a project file or body; the project is null when there are problems.</summary>
    /// <param name="body">The bytes.</param>
    /// <param name="agents">Agents of this installation; null is those that are built in.</param>
    public static (ProjectDocument? Project, IReadOnlyList<JobProblem> Problems) Read(ReadOnlyMemory<byte> body, IReadOnlyCollection<string>? agents = null)
    {
        var problems = new ProblemList();
        using var document = BodyParser.Parse(body, problems);
        return document is null ? (null, problems.Problems) : Read(document.RootElement, agents);
    }

    /// <summary>Reads a project that is parsed already; the project is null when there are problems.</summary>
    /// <param name="body">The document.</param>
    /// <param name="agents">Agents of this installation; null is those that are built in.</param>
    public static (ProjectDocument? Project, IReadOnlyList<JobProblem> Problems) Read(JsonElement body, IReadOnlyCollection<string>? agents = null)
    {
        var problems = new ProblemList();
        BodyCheck.Check(body, problems);
        if (problems.IsEmpty)
            DocumentSchema.Project.Check(body, problems);
        if (!problems.IsEmpty)
            return (null, problems.Problems);
        var project = body.Deserialize<ProjectDocument>(DocumentJson.Options)!;
        CheckFields(project, agents ?? KnownAgents.Names, problems);
        return (problems.IsEmpty ? project : null, problems.Problems);
    }

    /// <summary>Checks a project that was made in code or bound from configuration.</summary>
    public static IReadOnlyList<JobProblem> Check(ProjectDocument project) =>
        Read(JsonSerializer.SerializeToElement(project, ContractJson.Options)).Problems;

    /// <summary>Whether a text has the form of a project id.</summary>
    public static bool IsId(string text) => Id().IsMatch(text);

    private static void CheckFields(ProjectDocument project, IReadOnlyCollection<string> agents, ProblemList problems)
    {
        RepositoryUrlRules.Check(project.RepoUrl, "$.repo_url", problems);
        if (project.DefaultBranch is { } branch && !GitRefRules.IsRef(branch))
            problems.Add("$.default_branch", ProblemCodes.InvalidValue, $"{JsonPath.Shown(branch)} is not a branch.", GitRefRules.Form);
        if (project.Credential is { } credential && LooksLikeSecret().IsMatch(credential))
            problems.Add("$.credential", ProblemCodes.InvalidValue, "This looks like a secret itself, not like the name of one.", "Put the secret into a file of the secrets folder, write the file's name here, and revoke the secret: it was sent.");
        foreach (var (role, agent) in project.DefaultAgents ?? new Dictionary<string, string>())
        {
            if (!agents.Contains(agent, StringComparer.Ordinal))
                problems.Add($"$.default_agents.{role}", ProblemCodes.UnknownAgent, $"There is no agent {JsonPath.Shown(agent)}.", $"Did you mean {NearestName.Of(agent, agents)}? Agents: {string.Join(", ", agents)}.");
        }

        for (var i = 0; i < (project.CacheMounts?.Count ?? 0); i++)
            CheckCacheMount(project.CacheMounts![i], JsonPath.Item("$.cache_mounts", i), problems);
        if (project.Setup is { Count: > 0 } setup && setup[0].Length == 0)
            problems.Add("$.setup[0]", ProblemCodes.InvalidValue, "The program has no name.", "Write the program first, then its arguments.");
    }

    private static void CheckCacheMount(string folder, string path, ProblemList problems)
    {
        if (folder[0] == '/' && Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) is "/" or "/dev" or "/etc" or "/proc" or "/run" or "/sys" or "/root" or "/home")
            problems.Add(path, ProblemCodes.InvalidPath, $"{JsonPath.Shown(folder)} as a whole would show the host's secrets to agents.", "Name the one folder below it that holds the cache.");
        else
            RepositoryUrlRules.CheckFolder(folder, path, problems);
    }

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,127}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Id();

    // Prefixes that providers of source code and models give their tokens, and long runs of hex.
    [GeneratedRegex("^(gh[pousr]_|github_pat_|glpat-|sk-|xox[a-z]-|AKIA|eyJ)[A-Za-z0-9]|^[0-9a-fA-F]{40,}$", RegexOptions.CultureInvariant)]
    private static partial Regex LooksLikeSecret();
}
