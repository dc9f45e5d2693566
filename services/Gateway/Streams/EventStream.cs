using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Orchestrator.Gateway.Access;
using Orchestrator.Gateway.Jobs;
using Orchestrator.Gateway.OpenApi;
using Orchestrator.Gateway.ReadModel;

namespace Orchestrator.Gateway.Streams;

/// <summary>The events of a job, from the first or from where the client left off, then live until the job is over.</summary>
internal static class EventStream
{
    private const int Page = 200;

    public static void MapEvents(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/jobs/{id}/events", StreamAsync)
            .RequireVerb(Verbs.Read).WithTags("streams").Produces(StatusCodes.Status200OK, contentType: "text/event-stream").WithSummary("Follow the events of a job.")
            .WithMetadata(new StreamDescription(
                "Server-sent events: id = sequence within the job, event = job_accepted, job_started, step_started, step_finished, job_parked, job_halted, job_resumed, job_completed, job_failed or job_cancelled, data = one JSON object. A comment when nothing happens; ends after the terminal event."));

    private static async Task StreamAsync(string id, long? since, HttpContext context, Caller caller, StreamServices services, CancellationToken cancellationToken)
    {
        var last = since ?? Resume(context.Request) ?? 0;
        Guid pipelineId;
        await using (var scope = services.Scopes.CreateAsyncScope())
            pipelineId = (await scope.ServiceProvider.GetRequiredService<GatewayDbContext>().FindJobAsync(caller, id, cancellationToken)).PipelineId;
        await ServerSentEvents.BeginAsync(context.Response, cancellationToken);
        await services.RunAsync(context, open => FollowAsync(context.Response, services, pipelineId, last, open));
    }

    private static async Task FollowAsync(HttpResponse response, StreamServices services, Guid pipelineId, long last, CancellationToken cancellationToken)
    {
        var quiet = new QuietTime(services);
        while (true)
        {
            var rows = await NextAsync(services.Scopes, pipelineId, last, cancellationToken);
            foreach (var row in rows)
            {
                await ServerSentEvents.WriteAsync(response, row.Sequence.ToString(CultureInfo.InvariantCulture), row.Type, row.Data, cancellationToken);
                last = row.Sequence;
            }

            if (rows.Count > 0)
            {
                await response.Body.FlushAsync(cancellationToken);
                quiet.Restart();

                // The end of a run is the end of the job only when no later run follows.
                if (rows.Exists(row => JobFacts.Terminal.Contains(row.Type)) && await IsOverAsync(services.Scopes, pipelineId, last, cancellationToken))
                    return;
                continue;
            }

            if (last > 0 && await IsOverAsync(services.Scopes, pipelineId, last, cancellationToken))
                return;
            await services.Signals.WaitAsync(pipelineId, services.Options.Value.StreamPoll, cancellationToken);
            await quiet.BreakAsync(response, cancellationToken);
        }
    }

    private static long? Resume(HttpRequest request) =>
        long.TryParse(request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var last) ? last : null;

    private static async Task<List<JobEventRow>> NextAsync(IServiceScopeFactory scopes, Guid pipelineId, long last, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<GatewayDbContext>().JobEvents.AsNoTracking()
            .Where(row => row.PipelineId == pipelineId && row.Sequence > last).OrderBy(row => row.Sequence).Take(Page).ToListAsync(cancellationToken);
    }

    /// <summary>A client that comes back with the last event of a finished job gets an end, not a wait.</summary>
    private static async Task<bool> IsOverAsync(IServiceScopeFactory scopes, Guid pipelineId, long last, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<GatewayDbContext>().Jobs.AsNoTracking().AnyAsync(
            job => job.PipelineId == pipelineId && job.LastSequence <= last
                && (job.Status == JobStatus.Completed || job.Status == JobStatus.Failed || job.Status == JobStatus.Cancelled),
            cancellationToken);
    }
}
