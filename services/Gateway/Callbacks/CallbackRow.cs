namespace Orchestrator.Gateway.Callbacks;

/// <summary>One result on its way to one receiver. Claimed by <see cref="DueAt"/>, which a claim moves behind the longest possible try.</summary>
public sealed class CallbackRow
{
    public long Id { get; set; }

    public Guid PipelineId { get; set; }

    public string JobId { get; set; } = "";

    public int Run { get; set; }

    /// <summary>The <c>webhook-id</c>: the same on every try.</summary>
    public string WebhookId { get; set; } = "";

    public string Url { get; set; } = "";

    /// <summary>Host and port, by which receivers are kept apart.</summary>
    public string Receiver { get; set; } = "";

    public string Body { get; set; } = "";

    public CallbackStatus Status { get; set; }

    public int Attempts { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? DueAt { get; set; }

    public DateTimeOffset? DeliveredAt { get; set; }

    public int? LastStatusCode { get; set; }

    public string? LastError { get; set; }
}

public enum CallbackStatus
{
    Pending,
    Delivered,
    GivenUp,
}
