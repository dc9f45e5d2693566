using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Orchestrator.Contracts.Json;
using Orchestrator.Contracts.Projects;
using Orchestrator.Gateway.Access;
using Orchestrator.Gateway.Jobs;
using Orchestrator.Gateway.Problems;
using Orchestrator.Persistence.Outbox;
using Orchestrator.Validation.Policy;
using Orchestrator.Validation.Projects;

namespace Orchestrator.Gateway.Projects;

/// <summary>What jobs may work on.</summary>
internal static partial class ProjectEndpoints
{
    // A field that is there twice would show only when it is looked for.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    public static void MapProjects(this IEndpointRouteBuilder routes)
    {
        var projects = routes.MapGroup("/v1/projects").WithTags("projects");
        projects.MapGet("", ListAsync).RequireVerb(Verbs.Read).Produces<ProjectList>().WithSummary("List projects.");
        projects.MapGet("/{id}", GetAsync).RequireVerb(Verbs.Read).Produces<ProjectDocument>().WithSummary("Show a project.");
        projects.MapPut("/{id}", PutAsync).RequireVerb(Verbs.Projects).Accepts<ProjectDocument>("application/json").Produces<ProjectDocument>().Produces<ProjectDocument>(StatusCodes.Status201Created).WithSummary("Make or change a project.");
        projects.MapDelete("/{id}", DeleteAsync).RequireVerb(Verbs.Projects).Produces(StatusCodes.Status204NoContent).WithSummary("Delete a project; its jobs stay.");
        projects.MapPost("", OfRepositoryAsync).RequireVerb(Verbs.Submit).Accepts<NewRepository>("application/json").Produces<ProjectDocument>().Produces<ProjectDocument>(StatusCodes.Status201Created)
            .WithSummary("Make or find the project of a repository; also wants the verb repo.");
    }

    private static async Task<IResult> ListAsync(Caller caller, ProjectCatalog catalog, CancellationToken cancellationToken) =>
        Results.Ok(new ProjectList([.. (await catalog.ListAsync(cancellationToken)).Where(project => caller.Reaches(project.Id))]));

    private static async Task<IResult> GetAsync(string id, Caller caller, ProjectCatalog catalog) =>
        caller.Reaches(id) && await catalog.FindAsync(id) is { } project ? Results.Ok(project) : Problem.NotFound("project");

    private static async Task<IResult> PutAsync(
        string id, HttpContext context, Caller caller, ProjectWriter writer, OpenCredentials credentials, OpenCacheMounts mounts, OpenRepositories repositories,
        IOptions<PolicyOptions> policy, CancellationToken cancellationToken)
    {
        if (!caller.Reaches(id))
            return Problem.NotFound("project");
        var body = await BoundedBody.ReadAsync(context.Request, cancellationToken);
        var (project, problems) = ProjectValidation.Read(WithId(body, id), policy.Value.AgentNames);
        if (project is null)
            return SubmitEndpoint.ProblemOf(problems);
        if ((repositories.Refusal(project, context) ?? credentials.Refusal(project) ?? mounts.Refusal(project)) is { } refusal)
            return refusal;
        return project.Id == id
            ? await writer.WriteAsync(project, caller, AccessLog.Address(context), cancellationToken)
            : ControlEndpoints.Invalid("$.id", "The id of the body is not that of the path.");
    }

    private static async Task<IResult> DeleteAsync(string id, HttpContext context, Caller caller, ProjectWriter writer, CancellationToken cancellationToken) =>
        caller.Reaches(id) ? await writer.DeleteAsync(id, caller, AccessLog.Address(context), cancellationToken) : Problem.NotFound("project");

    /// <summary>Makes or finds the project that stands for a repository: for <c>--repo</c> of the command line (DECISIONS 13).</summary>
    private static async Task<IResult> OfRepositoryAsync(
        HttpContext context, Caller caller, ProjectCatalog catalog, ProjectWriter writer, OpenRepositories repositories, CancellationToken cancellationToken)
    {
        if (!caller.Verbs.Contains(Verbs.Repo) && !repositories.IsOwnMachine(context))
            return new Problem(StatusCodes.Status403Forbidden, "verb_missing", "The token does not have the verb 'repo' that this route wants.", "Use a token with it, or a configured project.");
        var wanted = await BoundedBody.ReadJsonAsync<NewRepository>(context.Request, cancellationToken);
        var known = (await catalog.ListAsync(cancellationToken)).Where(project => project.RepoUrl == wanted.RepoUrl && caller.Reaches(project.Id)).ToList();
        if (known.Count > 0)
            return known.Find(project => project.DefaultBranch == wanted.DefaultBranch) is { } same ? Results.Ok(same) : OfOtherBranch(known[0], wanted.DefaultBranch);
        var project = new ProjectDocument { Id = IdOf(wanted.RepoUrl ?? ""), RepoUrl = wanted.RepoUrl ?? "", DefaultBranch = wanted.DefaultBranch };
        var problems = ProjectValidation.Check(project);
        if (problems.Count > 0)
            return SubmitEndpoint.ProblemOf(problems);
        if (repositories.Refusal(project, context) is { } refusal)
            return refusal;
        return caller.Reaches(project.Id)
            ? await writer.MakeAsync(project, caller, AccessLog.Address(context), cancellationToken)
            : new Problem(StatusCodes.Status403Forbidden, "project_not_allowed", "The token reaches only certain projects.", "Use a token for every project to work on any repository.");
    }

    /// <summary>No branch is any branch; another one is a change of the project, which this door makes to none.</summary>
    private static IResult OfOtherBranch(ProjectDocument known, string? branch) => branch is null
        ? Results.Ok(known)
        : new Problem(
            StatusCodes.Status409Conflict,
            "other_default_branch",
            $"The repository is project {known.Id}, whose jobs start from {(known.DefaultBranch is { } other ? $"branch {other}" : "the repository's HEAD")}.",
            "Leave default_branch out and name the branch as base_ref of the job, or have the project changed (PUT /v1/projects/{id}).");

    // Long enough that nobody finds a second URL for an id. Ids of before are shorter; a project is found by its URL.
    private static string IdOf(string url)
    {
        var name = UnsafeCharacters().Replace(Path.GetFileNameWithoutExtension(url.TrimEnd('/')), "-").Trim('-', '.');
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(url)))[..24];
        return $"{(name.Length is 0 or > 100 ? "repo" : name)}-{hash}";
    }

    /// <summary>The id of the path is the id; a body may leave it out.</summary>
    private static ReadOnlyMemory<byte> WithId(ReadOnlyMemory<byte> body, string id)
    {
        try
        {
            if (JsonNode.Parse(body.Span, documentOptions: Strict) is JsonObject document && !document.ContainsKey("id"))
            {
                document["id"] = id;
                return JsonSerializer.SerializeToUtf8Bytes(document);
            }
        }
        catch (JsonException)
        {
            // Validation says it better.
        }

        return body;
    }

    [GeneratedRegex("[^A-Za-z0-9._-]+")]
    private static partial Regex UnsafeCharacters();

    internal sealed record ProjectList(IReadOnlyList<ProjectDocument> Projects);

    internal sealed record NewRepository
    {
        public string? RepoUrl { get; init; }

        public string? DefaultBranch { get; init; }
    }

    internal sealed class ProjectWriter(GatewayDbContext db, MessageOutbox<GatewayDbContext> outbox, ConfiguredProjects configured, AccessLog access, TimeProvider clock)
    {
        public async Task<IResult> WriteAsync(ProjectDocument project, Caller caller, string address, CancellationToken cancellationToken)
        {
            if (Configured(project.Id) is { } refusal)
                return refusal;
            var row = await db.Projects.SingleOrDefaultAsync(known => known.Id == project.Id, cancellationToken);
            return await SaveAsync(row, project, caller, address, cancellationToken);
        }

        /// <summary>Makes a project; one that is there stays as it is.</summary>
        public async Task<IResult> MakeAsync(ProjectDocument project, Caller caller, string address, CancellationToken cancellationToken)
        {
            if (Configured(project.Id) is { } refusal)
                return refusal;
            if (await db.Projects.AsNoTracking().SingleOrDefaultAsync(known => known.Id == project.Id, cancellationToken) is not { } row)
                return await SaveAsync(null, project, caller, address, cancellationToken);
            // Somebody else may have made it a moment ago.
            var there = JsonSerializer.Deserialize<ProjectDocument>(row.Document, ContractJson.Options)!;
            return there.RepoUrl == project.RepoUrl
                ? OfOtherBranch(there, project.DefaultBranch == there.DefaultBranch ? null : project.DefaultBranch)
                : new Problem(
                    StatusCodes.Status409Conflict, "project_exists", $"Project {project.Id} is there already, for another repository.",
                    $"Make a project with an id of your own for this repository (PUT /v1/projects/{{id}}), or delete {project.Id}.");
        }

        private async Task<IResult> SaveAsync(ProjectRow? row, ProjectDocument project, Caller caller, string address, CancellationToken cancellationToken)
        {
            var isNew = row is null;
            if (row is null)
                db.Projects.Add(row = new ProjectRow { Id = project.Id });
            row.Document = JsonSerializer.Serialize(project, ContractJson.Options);
            row.UpdatedAt = clock.GetUtcNow();
            row.UpdatedBy = caller.Actor;
            db.Audit.Add(access.Deed("project.write", caller.Actor, address, project.Id, null, isNew ? "made" : "changed"));
            try
            {
                await outbox.SaveChangesAsync(cancellationToken);
            }
            catch (DbUpdateException)
            {
                return new Problem(StatusCodes.Status409Conflict, "changed_meanwhile", "Somebody else wrote or deleted the project at the same moment.", "Read it and send your change again.");
            }

            return isNew ? Results.Created($"/v1/projects/{project.Id}", project) : Results.Ok(project);
        }

        public async Task<IResult> DeleteAsync(string id, Caller caller, string address, CancellationToken cancellationToken)
        {
            if (Configured(id) is { } refusal)
                return refusal;
            if (await db.Projects.SingleOrDefaultAsync(known => known.Id == id, cancellationToken) is not { } row)
                return Problem.NotFound("project");
            db.Projects.Remove(row);
            db.Audit.Add(access.Deed("project.delete", caller.Actor, address, id, null, "deleted"));
            await outbox.SaveChangesAsync(cancellationToken);
            return Results.NoContent();
        }

        private Problem? Configured(string id) => configured.ById.ContainsKey(id)
            ? new Problem(StatusCodes.Status409Conflict, "configured_project", "The project comes from the operator's configuration.", "Change it there, or choose another id.")
            : null;
    }
}
