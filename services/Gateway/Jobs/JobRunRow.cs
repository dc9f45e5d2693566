using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.Gateway.Jobs;

/// <summary>One run of a job that was run more than once. A job that never was has none: its row says it all.</summary>
public sealed class JobRunRow
{
    public long Id { get; set; }

    /// <summary>The job, by the saga of its first run.</summary>
    public Guid JobPipelineId { get; set; }

    /// <summary>The saga of this run.</summary>
    public Guid PipelineId { get; set; }

    public int Run { get; set; }

    /// <summary>The step that it was to run again; null went on at what failed.</summary>
    public string? FromStep { get; set; }

    public string Actor { get; set; } = "";

    public string? Comment { get; set; }

    public DateTimeOffset AcceptedAt { get; set; }

    /// <summary>How it ended; written when the next run is asked for.</summary>
    public JobStatus? Status { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    public string? Summary { get; set; }

    public string? ErrorCode { get; set; }

    public string? ErrorMessage { get; set; }

    public string? ErrorStepId { get; set; }

    public StartPipeline Start(JobRow job) =>
        new(PipelineId, job.JobId, Run, new DocumentReference(job.DocumentPath, job.DocumentSha256), AcceptedAt, Run == 1 ? null : new RunRetry(FromStep, Actor, Comment));

    public void Keep(JobRow job)
    {
        Status = job.Status;
        (StartedAt, FinishedAt, Summary) = (job.StartedAt, job.FinishedAt, job.Summary);
        (ErrorCode, ErrorMessage, ErrorStepId) = (job.ErrorCode, job.ErrorMessage, job.ErrorStepId);
    }
}
