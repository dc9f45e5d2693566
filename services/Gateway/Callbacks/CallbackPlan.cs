using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Artifacts;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Json;
using Orchestrator.Gateway.Jobs;
using Orchestrator.Gateway.PublicEvents;

namespace Orchestrator.Gateway.Callbacks;

/// <summary>Puts the result of a finished job on its way: a row in the transaction that ends the job.</summary>
public sealed class CallbackPlan(GatewayDbContext db, IArtifactStore store, TimeProvider clock)
{
    public async Task AddAsync(JobRow job, JobOutcome outcome, CancellationToken cancellationToken)
    {
        if (job.CallbackUrl is null || !Uri.TryCreate(job.CallbackUrl, UriKind.Absolute, out var url))
            return;
        var id = $"msg_{job.PipelineId:N}_{job.Run}";
        db.Callbacks.Add(new CallbackRow
        {
            PipelineId = job.PipelineId,
            JobId = job.JobId,
            Run = job.Run,
            WebhookId = id,
            Url = job.CallbackUrl,
            Receiver = $"{url.IdnHost}:{url.Port}",
            Body = (await BodyAsync(job, outcome, id, cancellationToken)).ToJsonString(ContractJson.Options),
            CreatedAt = clock.GetUtcNow(),
            DueAt = clock.GetUtcNow(),
        });
    }

    /// <summary>A CloudEvent whose data is <c>result.json</c>.</summary>
    private async Task<JsonObject> BodyAsync(JobRow job, JobOutcome outcome, string id, CancellationToken cancellationToken)
    {
        JsonNode? result = null;
        if (outcome.Files.TryGetValue("result.json", out var file) && await store.OpenReadAsync(file.Path, 0, cancellationToken) is { } stream)
        {
            await using (stream)
                result = await JsonNode.ParseAsync(stream, cancellationToken: cancellationToken);
        }

        return new JsonObject
        {
            ["specversion"] = "1.0",
            ["id"] = id,
            ["source"] = PublicEventOutbox.Source,
            ["type"] = $"orchestrator.job-{job.Status.ToString().ToLowerInvariant()}",
            ["subject"] = job.JobId,
            ["time"] = JsonSerializer.SerializeToNode(outcome.FinishedAt.ToUniversalTime()),
            ["datacontenttype"] = "application/json",
            ["data"] = result,
        };
    }
}
