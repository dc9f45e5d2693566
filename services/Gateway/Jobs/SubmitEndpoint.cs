using System.Diagnostics;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Gateway.Access;
using Orchestrator.Gateway.Problems;
using Orchestrator.Validation.Jobs;

namespace Orchestrator.Gateway.Jobs;

internal static class SubmitEndpoint
{
    public const string KeyHeader = "Idempotency-Key";

    public static void MapSubmit(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/jobs", async (HttpContext context, Caller caller, JobSubmission submission, CancellationToken cancellationToken) =>
            {
                var result = await submission.SubmitAsync(await ReadAsync(context, caller, JobSourceType.Manual, cancellationToken), cancellationToken);
                return result.Job is { } job
                    ? Results.Accepted(JobLinks.Self(job.JobId), SubmittedView.Of(job, result.Duplicate))
                    : ProblemOf(result.Problems);
            })
            .RequireVerb(Verbs.Submit).WithTags("jobs").Accepts<JobDocument>("application/json")
            .Produces<SubmittedView>(StatusCodes.Status202Accepted).WithSummary("Submit a job.");

    public static async Task<Submission> ReadAsync(HttpContext context, Caller caller, JobSourceType source, CancellationToken cancellationToken)
    {
        var body = await BoundedBody.ReadAsync(context.Request, cancellationToken);
        var key = context.Request.Headers[KeyHeader];
        return new Submission
        {
            Body = body,
            Tenant = caller.Tenant,
            Address = AccessLog.Address(context),
            Door = new DoorContext
            {
                Source = source,
                Actor = caller.Actor,
                AllowedProjects = caller.Projects is null ? null : [.. caller.Projects],
                IdempotencyKey = key.Count > 0 ? key.ToString() : null,
                TraceParent = Activity.Current?.Id,
            },
        };
    }

    /// <summary>One reason speaks for itself; several are a document that needs work.</summary>
    public static Problem ProblemOf(IReadOnlyList<JobProblem> problems)
    {
        var first = problems[0];
        var status = first.Code switch
        {
            ProblemCodes.TooLarge => StatusCodes.Status413PayloadTooLarge,
            ProblemCodes.ProjectNotAllowed => StatusCodes.Status403Forbidden,
            SubmissionCodes.Duplicate => StatusCodes.Status409Conflict,
            SubmissionCodes.KeyReused => StatusCodes.Status422UnprocessableEntity,
            _ => StatusCodes.Status400BadRequest,
        };
        var code = problems.All(problem => problem.Code == first.Code) ? first.Code : "invalid_job";
        var detail = problems.Count == 1 ? $"{first.Path}: {first.Message}" : $"The job is refused for {problems.Count} reasons; the first is {first.Path}: {first.Message}";
        return new Problem(status, code, detail, first.Hint)
        {
            Errors = problems.GroupBy(problem => problem.Path, StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => group.Select(problem => $"{problem.Message} {problem.Hint}").ToArray(), StringComparer.Ordinal),
        };
    }
}
