using System.Globalization;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Orchestrator.Gateway.Access;
using Orchestrator.Gateway.Jobs;
using Orchestrator.Gateway.ReadModel;

namespace Orchestrator.Gateway.Streams;

/// <summary>The events of a job, from the first or from where the client left off, then live until the job is over.</summary>
internal static class EventStream
{
    private const int Page = 200;

    public static void MapEvents(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/jobs/{id}/events", StreamAsync)
            .RequireVerb(Verbs.Read).WithTags("streams").Produces(StatusCodes.Status200OK, contentType: "text/event-stream").WithSummary("Follow the events of a job.");

    private static async Task StreamAsync(
        string id, long? since, HttpContext context, Caller caller, IServiceScopeFactory scopes, StreamSignals signals, IOptions<GatewayOptions> options, TimeProvider clock, CancellationToken cancellationToken)
    {
        var last = since ?? Resume(context.Request) ?? 0;
        Guid pipelineId;
        await using (var scope = scopes.CreateAsyncScope())
            pipelineId = (await scope.ServiceProvider.GetRequiredService<GatewayDbContext>().FindJobAsync(caller, id, cancellationToken)).PipelineId;
        ServerSentEvents.Begin(context.Response);
        var quiet = clock.GetTimestamp();
        while (true)
        {
            var rows = await NextAsync(scopes, pipelineId, last, cancellationToken);
            foreach (var row in rows)
            {
                await ServerSentEvents.WriteAsync(context.Response, row.Sequence, row.Type, row.Data, cancellationToken);
                last = row.Sequence;
            }

            if (rows.Count > 0)
            {
                await context.Response.Body.FlushAsync(cancellationToken);
                quiet = clock.GetTimestamp();
                if (rows.Exists(row => JobFacts.Terminal.Contains(row.Type)))
                    return;
                continue;
            }

            if (last > 0 && await IsOverAsync(scopes, pipelineId, last, cancellationToken))
                return;
            await signals.WaitAsync(pipelineId, options.Value.StreamPoll, cancellationToken);
            if (clock.GetElapsedTime(quiet) >= options.Value.StreamComment)
            {
                await context.Response.WriteAsync(": still here\n\n", Encoding.UTF8, cancellationToken);
                await context.Response.Body.FlushAsync(cancellationToken);
                quiet = clock.GetTimestamp();
            }
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
