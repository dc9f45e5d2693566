using Orchestrator.Gateway.Access;
using Orchestrator.Gateway.Problems;

namespace Orchestrator.Gateway.Jobs;

internal static class RetryEndpoint
{
    public static void MapRetry(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/jobs/{id}/retry", async (string id, string? from, HttpContext context, Caller caller, JobRetry retry, CancellationToken cancellationToken) =>
                await retry.RetryAsync(id, from, await BoundedBody.ReadJsonAsync<RetryRequest>(context.Request, cancellationToken), caller, AccessLog.Address(context), cancellationToken))
            .RequireVerb(Verbs.Control).WithTags("jobs").Accepts<RetryRequest>("application/json").Produces<RetryView>(StatusCodes.Status202Accepted)
            .WithSummary("Run a job that is over again: what failed or was left out, or a step and all that depends on it.");
}
