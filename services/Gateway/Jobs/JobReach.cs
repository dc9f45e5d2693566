using Microsoft.EntityFrameworkCore;
using Orchestrator.Gateway.Access;
using Orchestrator.Gateway.Problems;

namespace Orchestrator.Gateway.Jobs;

/// <summary>What a caller sees of the jobs: a job of another project is not there.</summary>
internal static class JobReach
{
    private const int LongestId = 64;

    public static IQueryable<JobRow> Of(this IQueryable<JobRow> jobs, Caller caller)
    {
        if (caller.Projects is null)
            return jobs;
        var projects = caller.Projects.ToArray();
        return jobs.Where(job => job.ProjectId != null && projects.Contains(job.ProjectId));
    }

    /// <exception cref="RefusedException">404.</exception>
    public static async Task<JobRow> FindJobAsync(this GatewayDbContext db, Caller caller, string jobId, CancellationToken cancellationToken)
    {
        var job = jobId.Length > LongestId ? null : await db.Jobs.AsNoTracking().SingleOrDefaultAsync(row => row.JobId == jobId, cancellationToken);
        return job is not null && caller.Reaches(job.ProjectId) ? job : throw new RefusedException(Problem.NotFound("job"));
    }
}
