using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Orchestrator.Artifacts;
using Orchestrator.Contracts.Json;
using Orchestrator.Gateway.Access;
using Orchestrator.Gateway.Jobs;
using Orchestrator.Gateway.Problems;
using Orchestrator.Gateway.Webhooks;

namespace Orchestrator.Gateway.Artifacts;

/// <summary>The files of a job. Folders and files that begin with a dot (documents and launches of ours) are not shown.</summary>
internal static class ArtifactEndpoints
{
    public static void MapArtifacts(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/jobs/{id}/artifacts", ListAsync).RequireVerb(Verbs.Read).WithTags("artifacts").Produces<ArtifactList>().WithSummary("List the files of a job.");
        routes.MapGet("/v1/jobs/{id}/artifacts/{**path}", GetAsync).RequireVerb(Verbs.Read).WithTags("artifacts").Produces(StatusCodes.Status200OK, contentType: "application/octet-stream").WithSummary("Download a file, or a range of it.");
    }

    private static async Task<IResult> ListAsync(string id, Caller caller, GatewayDbContext db, IArtifactStore store, CancellationToken cancellationToken)
    {
        var job = await db.FindJobAsync(caller, id, cancellationToken);
        var files = new List<ArtifactView>();
        await foreach (var entry in store.ListAsync(job.JobId, cancellationToken))
        {
            var path = entry.Path[(job.JobId.Length + 1)..];
            if (!ArtifactPaths.IsHidden(entry.Path))
                files.Add(new ArtifactView(path, entry.Length, JobLinks.Artifact(job.JobId, path)));
        }

        return Results.Ok(new ArtifactList(files));
    }

    private static async Task<IResult> GetAsync(string id, string path, HttpContext context, Caller caller, GatewayDbContext db, IArtifactStore store, AcceptedDocuments documents, CancellationToken cancellationToken)
    {
        var job = await db.FindJobAsync(caller, id, cancellationToken);
        var name = ArtifactPaths.JobFile(job.JobId, path);
        if (!ArtifactPaths.IsPath(name) || ArtifactPaths.IsHidden(name))
            return Problem.NotFound("artifact");
        context.Response.Headers.XContentTypeOptions = "nosniff";
        if (path == "job.json" && await documents.ReadJobAsync(job, cancellationToken) is { } document)
            return Results.Bytes(document, ContentType(path), enableRangeProcessing: true);
        if (path == "state.json" && !job.IsOver)
        {
            var steps = await db.JobSteps.AsNoTracking().Where(step => step.PipelineId == job.PipelineId).OrderBy(step => step.Position).ToListAsync(cancellationToken);
            return OldJobView.StateOf(job, steps) is { } state
                ? Results.Bytes(JsonSerializer.SerializeToUtf8Bytes(state, ContractJson.Indented), "application/json")
                : Problem.NotFound("artifact");
        }

        if (await store.LengthAsync(name, cancellationToken) is null || await store.OpenReadAsync(name, 0, cancellationToken) is not { } stream)
            return Problem.NotFound("artifact");
        return Results.Stream(stream, ContentType(path), enableRangeProcessing: stream.CanSeek);
    }

    private static string ContentType(string path) => Path.GetExtension(path) switch
    {
        ".md" => "text/markdown; charset=utf-8",
        ".txt" => "text/plain; charset=utf-8",
        ".diff" => "text/x-diff; charset=utf-8",
        ".json" => "application/json",
        _ => "application/octet-stream",
    };

    internal sealed record ArtifactView(string Path, long Bytes, string Href);

    internal sealed record ArtifactList(IReadOnlyList<ArtifactView> Artifacts);
}
