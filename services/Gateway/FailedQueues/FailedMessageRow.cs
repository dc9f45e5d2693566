namespace Orchestrator.Gateway.FailedQueues;

/// <summary>One failure of one message: what the failed queue holds, and what an operator decided. The body is a row of its own.</summary>
public sealed class FailedMessageRow
{
    public long Id { get; set; }

    /// <summary>Finds its copy in the failed queue.</summary>
    public string Fingerprint { get; set; } = "";

    public string Queue { get; set; } = "";

    public string Code { get; set; } = "";

    public string Reason { get; set; } = "";

    public string? Exception { get; set; }

    public string? MessageId { get; set; }

    public string? MessageType { get; set; }

    public string? CorrelationId { get; set; }

    public string? TraceId { get; set; }

    public string? JobId { get; set; }

    public int? Run { get; set; }

    /// <summary>How often the broker had delivered it, where it says so.</summary>
    public int? Deliveries { get; set; }

    public DateTimeOffset ReceivedAt { get; set; }

    /// <summary>What travelled beside the body, JSON.</summary>
    public string Properties { get; set; } = "{}";

    /// <summary>Size of the body as it was sent; more than is kept means that only the failed queue has all of it.</summary>
    public int BodyBytes { get; set; }

    public FailedState State { get; set; }

    public string? DecidedBy { get; set; }

    public DateTimeOffset? DecidedAt { get; set; }

    /// <summary>When it was sent to its queue again.</summary>
    public DateTimeOffset? SentAt { get; set; }

    /// <summary>When the decision is to be carried out; null when there is nothing to do.</summary>
    public DateTimeOffset? DueAt { get; set; }

    public DateTimeOffset? DoneAt { get; set; }

    public string? Note { get; set; }
}

/// <summary>The bytes of a failed message.</summary>
public sealed class FailedBodyRow
{
    /// <summary>More than this is kept by the failed queue alone.</summary>
    public const int Longest = 256 * 1024;

    public long Id { get; set; }

    public byte[] Body { get; set; } = [];

    public FailedMessageRow Message { get; set; } = null!;
}

/// <summary>What has become of a failed message.</summary>
public enum FailedState
{
    /// <summary>Waits for an operator.</summary>
    Open,

    /// <summary>Is being sent again and taken out of the failed queue.</summary>
    Requeueing,

    /// <summary>Is being taken out of the failed queue.</summary>
    Discarding,

    /// <summary>Was sent to its queue again.</summary>
    Requeued,

    /// <summary>Was given up.</summary>
    Discarded,
}
