using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Orchestrator.Artifacts;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Json;
using Orchestrator.Contracts.Results;
using Orchestrator.Gateway.Access;
using Orchestrator.Gateway.Jobs;
using Orchestrator.Validation.Jobs;

namespace Orchestrator.Gateway.Webhooks;

/// <summary>The door of version 1.0: request, reply and status codes as they were.</summary>
internal static class WebhookEndpoints
{
    public static void MapWebhooks(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/webhook", SubmitAsync).RequireVerb(Verbs.Submit).WithMetadata(new OldDoor()).WithTags("1.0").Accepts<JobDocument>("application/json", "*/*").Produces<OldReply>().WithSummary("Submit a job as in version 1.0.");
        routes.MapGet("/jobs/{id}", StatusAsync).RequireVerb(Verbs.Read).WithMetadata(new OldDoor()).WithTags("1.0").Produces<JobStatusDocument>().WithSummary("Show a job as in version 1.0.");
    }

    private static async Task<IResult> SubmitAsync(HttpContext context, Caller caller, JobSubmission jobs, CancellationToken cancellationToken)
    {
        var result = await jobs.SubmitAsync(await SubmitEndpoint.ReadAsync(context, caller, JobSourceType.Webhook, cancellationToken), cancellationToken);
        if (result.Job is { } job)
            return Results.Ok(new OldReply(job.RequiresApproval ? "awaiting_approval" : "queued", job.JobId, $"artifacts/{job.JobId}", $"/jobs/{job.JobId}"));
        // A scoped token that names no project was 403 in version 1.0.
        return result.Problems.Any(problem => problem.Code == ProblemCodes.ProjectRequired) && caller.Projects is not null
            ? SubmitEndpoint.ProblemOf(result.Problems) with { Status = StatusCodes.Status403Forbidden }
            : SubmitEndpoint.ProblemOf(result.Problems);
    }

    private static async Task<IResult> StatusAsync(string id, Caller caller, GatewayDbContext db, IArtifactStore store, CancellationToken cancellationToken)
    {
        var job = await db.FindJobAsync(caller, id, cancellationToken);
        var steps = await db.JobSteps.AsNoTracking().Where(step => step.PipelineId == job.PipelineId).OrderBy(step => step.Position).ToListAsync(cancellationToken);
        ResultDocument? result = null;
        if (job.IsOver && await store.OpenReadAsync(ArtifactPaths.JobFile(job.JobId, "result.json"), 0, cancellationToken) is { } stream)
        {
            await using (stream)
                result = await JsonSerializer.DeserializeAsync<ResultDocument>(stream, ContractJson.Options, cancellationToken);
        }

        return Results.Ok(OldJobView.Of(job, steps, result));
    }

    internal sealed record OldReply(string Status, string JobId, string ArtifactsDir, string StatusUrl);
}
