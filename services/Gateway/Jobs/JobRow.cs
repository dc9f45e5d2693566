using Orchestrator.Contracts.Jobs;

namespace Orchestrator.Gateway.Jobs;

/// <summary>One accepted job: what the door decided, and where the job is now as the events tell.</summary>
public sealed class JobRow
{
    public long Id { get; set; }

    /// <summary>Saga of the first run; names the job in this schema whatever run it is in.</summary>
    public Guid PipelineId { get; set; }

    /// <summary>Saga of the present run when that is not the first.</summary>
    public Guid? RetryPipelineId { get; set; }

    public string JobId { get; set; } = "";

    public int Run { get; set; } = 1;

    public JobStatus Status { get; set; }

    public string Goal { get; set; } = "";

    public string? ProjectId { get; set; }

    public List<string> Tags { get; set; } = [];

    /// <summary>Lower-case id, goal and tags: what <c>?q=</c> looks at.</summary>
    public string SearchText { get; set; } = "";

    public JobPriority Priority { get; set; }

    public JobSourceType Source { get; set; }

    public string Actor { get; set; } = "";

    public string Tenant { get; set; } = "";

    public string? IdempotencyKey { get; set; }

    /// <summary>Names the message that it came in; null for HTTP and for messages without an id.</summary>
    public string? DeliveryKey { get; set; }

    /// <summary>Lower-case hex SHA-256 of the body as it was sent.</summary>
    public string BodyHash { get; set; } = "";

    public string DocumentPath { get; set; } = "";

    public string DocumentSha256 { get; set; } = "";

    public string? CallbackUrl { get; set; }

    public bool RequiresApproval { get; set; }

    public List<string> Notices { get; set; } = [];

    public DateTimeOffset AcceptedAt { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    public bool CancelRequested { get; set; }

    /// <summary>What a queued job waits for, where it is more than a free runner.</summary>
    public string? QueueDetail { get; set; }

    public ParkReason? ParkReason { get; set; }

    public string? ParkDetail { get; set; }

    public string? ParkedStepId { get; set; }

    public DateTimeOffset? ParkedAt { get; set; }

    public DateTimeOffset? WakeAt { get; set; }

    /// <summary>Time of the newest event that moved the job between running and parked; an older one is late and changes nothing.</summary>
    public DateTimeOffset? MovedAt { get; set; }

    public string? Summary { get; set; }

    public string? ErrorCode { get; set; }

    public string? ErrorMessage { get; set; }

    public string? ErrorStepId { get; set; }

    public bool? Changed { get; set; }

    public UsageSums Usage { get; set; } = new();

    public int Launches { get; set; }

    /// <summary>Sequence of the job's newest event.</summary>
    public long LastSequence { get; set; }

    /// <summary>Counts the handled events; raising it first locks the row for the rest of the transaction.</summary>
    public int Version { get; set; }

    /// <summary>Whom to tell about the present run.</summary>
    public Guid Saga => RetryPipelineId ?? PipelineId;

    public bool IsOver => Status is JobStatus.Completed or JobStatus.Failed or JobStatus.Cancelled;
}
