namespace Orchestrator.Messaging.PublicExchanges;

/// <summary>
/// The durable fanout exchanges that other systems publish to and bind their queues to. Bodies are plain JSON in snake_case.
/// They exist from the first start on, with or without anybody bound.
/// </summary>
public static class PublicExchange
{
    /// <summary>In: a job. Bound to <see cref="Queues.GatewayIntake"/> and to nothing else.</summary>
    public const string JobSubmitted = "orchestrator.job-submitted";

    /// <summary>Out: a job was accepted.</summary>
    public const string JobAccepted = "orchestrator.job-accepted";

    /// <summary>Out: a job was refused, with the reasons.</summary>
    public const string JobRejected = "orchestrator.job-rejected";

    /// <summary>Out: a job was taken up.</summary>
    public const string JobStarted = "orchestrator.job-started";

    /// <summary>Out: a step ended.</summary>
    public const string StepFinished = "orchestrator.step-finished";

    /// <summary>Out: a job waits.</summary>
    public const string JobParked = "orchestrator.job-parked";

    /// <summary>Out: a job succeeded.</summary>
    public const string JobCompleted = "orchestrator.job-completed";

    /// <summary>Out: a job failed.</summary>
    public const string JobFailed = "orchestrator.job-failed";

    /// <summary>Out: a job was cancelled.</summary>
    public const string JobCancelled = "orchestrator.job-cancelled";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
        [JobSubmitted, JobAccepted, JobRejected, JobStarted, StepFinished, JobParked, JobCompleted, JobFailed, JobCancelled];
}
