using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Gateway.Access;
using Orchestrator.Gateway.Callbacks;
using Orchestrator.Gateway.Problems;

namespace Orchestrator.Gateway.Jobs;

internal static class JobListEndpoint
{
    private const int MostPerPage = 200;
    private const int LongestQuery = 200;

    public static void MapJobList(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/jobs", ListAsync).RequireVerb(Verbs.Read).WithTags("jobs").Produces<JobPage>().WithSummary("List jobs, newest first.");
        routes.MapGet("/v1/jobs/{id}", ShowAsync).RequireVerb(Verbs.Read).WithTags("jobs").Produces<JobView>().WithSummary("Show a job and its steps.");
    }

    private static async Task<IResult> ListAsync([AsParameters] JobFilter filter, Caller caller, GatewayDbContext db, CancellationToken cancellationToken)
    {
        // The database refuses NUL in text.
        foreach (var (name, value) in new[] { ("project", filter.Project), ("tag", filter.Tag), ("q", filter.Query) })
        {
            if (value?.Contains('\0', StringComparison.Ordinal) == true)
                return Invalid(name, "The text holds NUL.");
        }

        var jobs = db.Jobs.AsNoTracking().Of(caller);
        if (filter.Status is { Length: > 0 } word)
        {
            if (Array.Find(Enum.GetNames<JobStatus>(), name => name.Equals(word, StringComparison.OrdinalIgnoreCase)) is not { } known)
                return Invalid("status", $"A status is one of {string.Join(", ", Enum.GetNames<JobStatus>().Select(name => name.ToLowerInvariant()))}.");
            var status = Enum.Parse<JobStatus>(known);
            jobs = jobs.Where(job => job.Status == status);
        }

        if (filter.Reason is { Length: > 0 } why)
        {
            var reasons = Enum.GetValues<ParkReason>().ToDictionary(known => JsonNamingPolicy.SnakeCaseLower.ConvertName(known.ToString()), StringComparer.OrdinalIgnoreCase);
            if (!reasons.TryGetValue(why, out var reason))
                return Invalid("reason", $"A reason is one of {string.Join(", ", reasons.Keys)}.");
            jobs = jobs.Where(job => job.ParkReason == reason);
        }

        if (filter.Project is { Length: > 0 } project)
            jobs = jobs.Where(job => job.ProjectId == project);
        if (filter.Tag is { Length: > 0 } tag)
            jobs = jobs.Where(job => job.Tags.Contains(tag));
        if (filter.Query is { Length: > 0 } query)
        {
            if (query.Length > LongestQuery)
                return Invalid("q", $"A search has at most {LongestQuery} characters.");
            var text = query.ToLowerInvariant();
            jobs = jobs.Where(job => job.SearchText.Contains(text));
        }

        if (filter.Cursor is { Length: > 0 } cursor)
        {
            if (!long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var before))
                return Invalid("cursor", "A cursor is the next_cursor of the page before.");
            jobs = jobs.Where(job => job.Id < before);
        }

        var size = Math.Clamp(filter.Limit ?? 50, 1, MostPerPage);
        var rows = await jobs.OrderByDescending(job => job.Id).Take(size + 1).ToListAsync(cancellationToken);
        var page = rows.Take(size).ToList();
        return Results.Ok(new JobPage(
            [.. page.Select(job => JobView.Of(job))],
            rows.Count > size ? page[^1].Id.ToString(CultureInfo.InvariantCulture) : null));
    }

    private static async Task<IResult> ShowAsync(string id, Caller caller, GatewayDbContext db, CancellationToken cancellationToken)
    {
        var job = await db.FindJobAsync(caller, id, cancellationToken);
        var steps = await db.JobSteps.AsNoTracking().Where(step => step.PipelineId == job.PipelineId).ToListAsync(cancellationToken);
        var runs = job.Run == 1 ? [] : await db.JobRuns.AsNoTracking().Where(run => run.JobPipelineId == job.PipelineId).ToListAsync(cancellationToken);
        var launches = await db.Launches.AsNoTracking().Where(launch => launch.PipelineId == job.PipelineId).ToListAsync(cancellationToken);
        CallbackRow? callback = null;
        if (job.CallbackUrl is not null)
            callback = await db.Callbacks.AsNoTracking().Where(row => row.PipelineId == job.PipelineId).OrderByDescending(row => row.Run).FirstOrDefaultAsync(cancellationToken);
        return Results.Ok(JobView.Of(job, steps, callback, runs, launches));
    }

    private static Problem Invalid(string parameter, string message) =>
        new(StatusCodes.Status400BadRequest, "invalid_query", message, $"Correct ?{parameter}=.") { Errors = new Dictionary<string, string[]> { [parameter] = [message] } };
}

internal sealed record JobFilter
{
    [FromQuery(Name = "status")]
    public string? Status { get; init; }

    /// <summary>Why it is parked.</summary>
    [FromQuery(Name = "reason")]
    public string? Reason { get; init; }

    [FromQuery(Name = "project")]
    public string? Project { get; init; }

    [FromQuery(Name = "tag")]
    public string? Tag { get; init; }

    [FromQuery(Name = "q")]
    public string? Query { get; init; }

    [FromQuery(Name = "cursor")]
    public string? Cursor { get; init; }

    [FromQuery(Name = "limit")]
    public int? Limit { get; init; }
}

internal sealed record JobPage(IReadOnlyList<JobView> Jobs, string? NextCursor);
