using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Orchestrator.Gateway.Access;
using Orchestrator.Gateway.Problems;

namespace Orchestrator.Gateway.FailedQueues;

/// <summary>What operators see of the failed queues, and what they decide. Messages belong to the system: a token must reach every project.</summary>
internal static class FailedEndpoints
{
    public static void MapFailed(this IEndpointRouteBuilder routes)
    {
        var failed = routes.MapGroup("/v1/failed").WithTags("failed").AddEndpointFilter(async (call, next) =>
            Caller.Of(call.HttpContext).Projects is null ? await next(call) : EveryProjectNeeded);
        failed.MapGet("", ListAsync).RequireVerb(Verbs.Operate).Produces<FailedPage>().WithSummary("List failed messages, newest first.");
        failed.MapGet("/{id}", ShowAsync).RequireVerb(Verbs.Operate).Produces<FailedDetail>().WithSummary("Show a failed message with headers and body.");
        Map(failed, "requeue", FailedState.Requeueing, "Send a failed message to its queue again.", "Send many failed messages again, or count them.");
        Map(failed, "discard", FailedState.Discarding, "Give a failed message up.", "Give many failed messages up, or count them.");
    }

    private static Problem EveryProjectNeeded { get; } = new(
        StatusCodes.Status403Forbidden, "every_project_needed", "Failed messages belong to no project: this token reaches some projects only.", "Use a token that reaches every project: orch tokens create --project '*' --verb operate.");

    private static void Map(RouteGroupBuilder failed, string action, FailedState state, string one, string many)
    {
        failed.MapPost($"/{{id}}/{action}", (string id, HttpContext context, Caller caller, FailedDecisions decisions, CancellationToken cancellationToken) =>
                decisions.DecideAsync(Id(id), action, state, caller, AccessLog.Address(context), cancellationToken))
            .RequireVerb(Verbs.Operate).Produces<FailedView>(StatusCodes.Status202Accepted).WithSummary(one);
        failed.MapPost($"/{action}", async (HttpContext context, Caller caller, FailedDecisions decisions, CancellationToken cancellationToken) =>
                await decisions.DecideAsync(
                    await BoundedBody.ReadJsonAsync<FailedSelection>(context.Request, cancellationToken), action, state, caller, AccessLog.Address(context), cancellationToken))
            .RequireVerb(Verbs.Operate).Accepts<FailedSelection>("application/json").Produces<FailedDecided>(StatusCodes.Status202Accepted).WithSummary(many);
    }

    private static async Task<IResult> ListAsync([AsParameters] FailedListing listing, GatewayDbContext db, CancellationToken cancellationToken)
    {
        var rows = await listing.PageOf(db.FailedMessages.AsNoTracking()).ToListAsync(cancellationToken);
        var page = rows.Take(listing.Size).ToList();
        return Results.Ok(new FailedPage([.. page.Select(FailedView.Of)], rows.Count > listing.Size ? page[^1].Id.ToString(CultureInfo.InvariantCulture) : null));
    }

    private static async Task<IResult> ShowAsync(string id, GatewayDbContext db, CancellationToken cancellationToken)
    {
        var number = Id(id);
        var kept = await db.FailedBodies.AsNoTracking().Include(row => row.Message).SingleOrDefaultAsync(row => row.Id == number, cancellationToken);
        return kept is null ? Problem.NotFound("failed message") : Results.Ok(FailedDetail.Of(kept.Message, kept.Body));
    }

    private static long Id(string id) =>
        long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new RefusedException(Problem.NotFound("failed message"));
}
