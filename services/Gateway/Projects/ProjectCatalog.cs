using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Orchestrator.Contracts.Json;
using Orchestrator.Contracts.Projects;
using Orchestrator.Validation.Policy;
using Orchestrator.Validation.Projects;

namespace Orchestrator.Gateway.Projects;

/// <summary>Projects of the operator's file and of PROJECT_ALIASES, which win, and those that came through the API.</summary>
public sealed class ProjectCatalog(ConfiguredProjects configured, GatewayDbContext db) : IProjectCatalog
{
    public async ValueTask<ProjectDocument?> FindAsync(string id)
    {
        if (configured.ById.TryGetValue(id, out var known))
            return known;
        var row = await db.Projects.AsNoTracking().SingleOrDefaultAsync(project => project.Id == id);
        return row is null ? null : Read(row);
    }

    public async Task<IReadOnlyList<ProjectDocument>> ListAsync(CancellationToken cancellationToken)
    {
        var rows = await db.Projects.AsNoTracking().ToListAsync(cancellationToken);
        return [.. configured.ById.Values.Concat(rows.Where(row => !configured.ById.ContainsKey(row.Id)).Select(Read)).OrderBy(project => project.Id, StringComparer.Ordinal)];
    }

    private static ProjectDocument Read(ProjectRow row) => JsonSerializer.Deserialize<ProjectDocument>(row.Document, ContractJson.Options)!;
}

/// <summary>Projects that are configured, read once at start.</summary>
public sealed class ConfiguredProjects
{
    /// <exception cref="InvalidOperationException">A project is not right; names file, project and field.</exception>
    public ConfiguredProjects(IOptions<GatewayOptions> options, IOptions<PolicyOptions> policy, IConfiguration configuration)
    {
        var (aliases, problems) = ProjectAliases.Parse(configuration[ProjectAliases.Variable]);
        if (problems.Count > 0)
            throw new InvalidOperationException($"{ProjectAliases.Variable}: {problems[0].Message} {problems[0].Hint}");
        ById = aliases.Concat(options.Value.ProjectsFile is { Length: > 0 } file ? ReadFile(file, policy.Value.AgentNames) : [])
            .GroupBy(project => project.Id, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Last(), StringComparer.Ordinal);
    }

    public IReadOnlyDictionary<string, ProjectDocument> ById { get; }

    private static List<ProjectDocument> ReadFile(string file, IReadOnlyCollection<string> agents)
    {
        using var document = Parse(file);
        var list = document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("projects", out var inner) ? inner : document.RootElement;
        if (list.ValueKind != JsonValueKind.Array)
            throw new InvalidOperationException($"{file} must hold a JSON array of projects, or an object with 'projects'.");
        var projects = new List<ProjectDocument>();
        foreach (var (element, index) in list.EnumerateArray().Select((element, index) => (element, index)))
        {
            var (project, problems) = ProjectValidation.Read(element, agents);
            projects.Add(project ?? throw new InvalidOperationException($"{file}, project {index}: {problems[0].Path}: {problems[0].Message} {problems[0].Hint}"));
        }

        return projects;
    }

    private static JsonDocument Parse(string file)
    {
        try
        {
            return JsonDocument.Parse(File.ReadAllBytes(file), new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"Gateway:ProjectsFile: {file} cannot be read: {exception.Message} Mount the file there, or take the setting out.", exception);
        }
        catch (JsonException exception)
        {
            throw new InvalidOperationException($"Gateway:ProjectsFile: {file} is not JSON: {exception.Message}", exception);
        }
    }
}
