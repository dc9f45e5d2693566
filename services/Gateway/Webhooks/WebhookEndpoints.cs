using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Orchestrator.Artifacts;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Gateway.Access;
using Orchestrator.Gateway.Jobs;
using Orchestrator.Validation.Jobs;

namespace Orchestrator.Gateway.Webhooks;

/// <summary>The door of version 1.0: request, reply and status codes as they were.</summary>
internal static class WebhookEndpoints
{
    public static void MapWebhooks(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/webhook", SubmitAsync).RequireVerb(Verbs.Submit).WithMetadata(new OldDoor()).WithTags("1.0").Accepts<JobDocument>("application/json").Produces<OldReply>();
        routes.MapGet("/jobs/{id}", StatusAsync).RequireVerb(Verbs.Read).WithMetadata(new OldDoor()).WithTags("1.0").Produces<JsonElement>();
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
        JsonElement? result = null;
        if (job.IsOver && await store.OpenReadAsync(ArtifactPaths.JobFile(job.JobId, "result.json"), 0, cancellationToken) is { } stream)
        {
            await using (stream)
                result = await JsonSerializer.DeserializeAsync<JsonElement>(stream, cancellationToken: cancellationToken);
        }

        return Results.Ok(new Dictionary<string, object?>
        {
            ["job_id"] = job.JobId,
            ["status"] = OldJobView.Status(job),
            ["queue_state"] = OldJobView.QueueState(job),
            ["state"] = OldJobView.StateOf(job, steps),
            ["result"] = result,
        });
    }

    internal sealed record OldReply(string Status, string JobId, string ArtifactsDir, string StatusUrl);
}
