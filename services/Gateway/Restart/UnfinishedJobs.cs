using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Orchestrator.Gateway.Jobs;
using Orchestrator.Messaging;
using Orchestrator.Persistence.Outbox;

namespace Orchestrator.Gateway.Restart;

/// <summary>The in-memory bus forgets with its process: at start every job that is not over is started again, which sends whatever was outstanding.</summary>
internal sealed partial class UnfinishedJobs(IServiceScopeFactory scopes, IOptions<MessagingOptions> messaging, ILogger<UnfinishedJobs> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (messaging.Value.Transport != "in-memory")
            return;
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<GatewayDbContext>();
        var outbox = scope.ServiceProvider.GetRequiredService<MessageOutbox<GatewayDbContext>>();
        var jobs = await db.Jobs.AsNoTracking()
            .Where(job => job.Status == JobStatus.Queued || job.Status == JobStatus.Running || job.Status == JobStatus.Parked)
            .ToListAsync(stoppingToken);
        foreach (var job in jobs)
        {
            var run = job.RetryPipelineId is { } saga ? await db.JobRuns.AsNoTracking().SingleAsync(row => row.PipelineId == saga, stoppingToken) : null;
            await outbox.Send(Queues.Pipeline, (run ?? new JobRunRow { PipelineId = job.PipelineId, Run = 1, AcceptedAt = job.AcceptedAt }).Start(job), stoppingToken);
        }

        await outbox.SaveChangesAsync(stoppingToken);
        if (jobs.Count > 0)
            LogResumed(logger, jobs.Count);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} unfinished jobs go on")]
    private static partial void LogResumed(ILogger logger, int count);
}
