using Microsoft.EntityFrameworkCore;
using Orchestrator.Gateway.Jobs;
using Orchestrator.Messaging;

namespace Orchestrator.Gateway.FailedQueues;

/// <summary>Copies of failed jobs.</summary>
internal static class FailedJobCopies
{
    /// <summary>A job that goes on waits for nobody any more: the copies of its earlier runs go. Part of the retry's transaction, which has locked the job.</summary>
    public static Task LetCopiesGoAsync(this GatewayDbContext db, JobRow job, string actor, DateTimeOffset now, CancellationToken cancellationToken) =>
        db.FailedMessages.Where(copy => copy.Queue == Queues.FailedJobs && copy.JobId == job.JobId && copy.State == FailedState.Open)
            .ExecuteUpdateAsync(
                copy => copy.SetProperty(row => row.State, FailedState.Requeueing).SetProperty(row => row.DecidedBy, actor)
                    .SetProperty(row => row.DecidedAt, now).SetProperty(row => row.DueAt, now),
                cancellationToken);
}
