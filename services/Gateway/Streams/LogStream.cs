using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Orchestrator.Artifacts;
using Orchestrator.Contracts.Json;
using Orchestrator.Gateway.Access;
using Orchestrator.Gateway.Jobs;
using Orchestrator.Gateway.OpenApi;
using Orchestrator.Gateway.Problems;
using Orchestrator.Gateway.ReadModel;

namespace Orchestrator.Gateway.Streams;

/// <summary>The log of a step's newest launch: from any byte on, as text or as events, to its present end or following it to the end of the step.</summary>
internal static class LogStream
{
    private const int Piece = 32 * 1024;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    public static void MapLogs(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/jobs/{id}/steps/{step}/logs", StreamAsync)
            .RequireVerb(Verbs.Read).WithTags("streams").Produces(StatusCodes.Status200OK, contentType: "text/plain").WithSummary("Read or follow the log of a step.")
            .WithMetadata(new StreamDescription(
                "Text from byte since on; with Accept: text/event-stream server-sent events: id = launch and byte offset behind the piece, event = log, data = {\"text\": …}. Follows to the end of the step with follow=true, which is the default for events."));

    private static async Task StreamAsync(
        string id, string step, long? since, bool? follow, HttpContext context, Caller caller, StreamServices services, IArtifactStore store, CancellationToken cancellationToken)
    {
        var events = context.Request.Headers.Accept.ToString().Contains(ServerSentEvents.ContentType, StringComparison.OrdinalIgnoreCase);
        if (since < 0)
            throw new RefusedException(new Problem(StatusCodes.Status400BadRequest, "invalid_query", "since is a byte offset from 0 on.", "Leave it out to read from the start."));
        var place = LogPlace.Of(context.Request.Headers["Last-Event-ID"]) is { } last && since is null
            ? last
            : new LogPlace((await FindAsync(services.Scopes, caller, id, step, cancellationToken)).Row.Token, since ?? 0);
        if (events)
        {
            await ServerSentEvents.BeginAsync(context.Response, cancellationToken);
        }
        else
        {
            context.Response.ContentType = "text/plain; charset=utf-8";
            context.Response.Headers.XContentTypeOptions = "nosniff";
            await context.Response.StartAsync(cancellationToken);
        }

        await services.RunAsync(context, async open =>
        {
            var quiet = new QuietTime(services);
            while (true)
            {
                // The state before the read: what a step wrote before it ended is read before the stream ends.
                var (job, row) = await FindAsync(services.Scopes, caller, id, step, open);
                if (row.Token != place.Token)
                    place = new LogPlace(row.Token, 0);
                var before = place;
                if (row.Token > 0)
                    place = await CopyAsync(store, ArtifactPaths.LiveLog(row.Launch(id)), place, context.Response, events, open);
                if (place != before)
                    quiet.Restart();
                if (job.IsOver || !(follow ?? events) || row.Status is StepStatus.Succeeded)
                    return;
                await services.Signals.WaitAsync(id, step, row.Status == StepStatus.Running ? Look : services.Options.Value.StreamPoll, open);
                if (events)
                    await quiet.BreakAsync(context.Response, open);
            }
        });
    }

    private static async Task<(JobRow Job, JobStepRow Row)> FindAsync(IServiceScopeFactory scopes, Caller caller, string id, string step, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<GatewayDbContext>();
        var job = await db.FindJobAsync(caller, id, cancellationToken);
        return (job, await db.JobSteps.AsNoTracking().SingleOrDefaultAsync(row => row.PipelineId == job.PipelineId && row.StepId == step, cancellationToken)
            ?? throw new RefusedException(Problem.NotFound("step")));
    }

    private static async Task<LogPlace> CopyAsync(IArtifactStore store, string path, LogPlace place, HttpResponse response, bool events, CancellationToken cancellationToken)
    {
        if (await store.LengthAsync(path, cancellationToken) is not { } length || length <= place.Offset)
            return place;
        await using var log = await store.OpenReadAsync(path, place.Offset, cancellationToken);
        if (log is null)
            return place;
        var buffer = new byte[Piece];
        // The first bytes of a character whose rest is not read yet.
        var kept = 0;
        int read;
        while ((read = await log.ReadAtLeastAsync(buffer.AsMemory(kept), buffer.Length - kept, throwOnEndOfStream: false, cancellationToken)) > 0)
        {
            var filled = kept + read;
            var whole = events ? WholeCharacters(buffer.AsSpan(0, filled)) : filled;
            place = place with { Offset = place.Offset + whole };
            if (!events)
                await response.Body.WriteAsync(buffer.AsMemory(0, whole), cancellationToken);
            else if (whole > 0)
                await ServerSentEvents.WriteAsync(response, place.ToString(), "log", JsonSerializer.Serialize(new { text = Encoding.UTF8.GetString(buffer, 0, whole) }, ContractJson.Options), cancellationToken);
            kept = filled - whole;
            buffer.AsSpan(whole, kept).CopyTo(buffer);
        }

        await response.Body.FlushAsync(cancellationToken);
        return place;
    }

    /// <summary>How much of the bytes ends with a whole character.</summary>
    private static int WholeCharacters(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back <= Math.Min(4, bytes.Length); back++)
        {
            var lead = bytes[^back];
            if ((lead & 0xC0) == 0x80)
                continue;
            var needs = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
            return back >= needs ? bytes.Length : bytes.Length - back;
        }

        return bytes.Length;
    }
}
