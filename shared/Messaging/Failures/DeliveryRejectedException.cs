namespace Orchestrator.Messaging.Failures;

/// <summary>
/// Thrown by a consumer that has dealt with a message (state and events are committed) and wants its bytes kept, unchanged,
/// in the failed queue under <see cref="FailureHeaders.Reason"/>. It is never retried.
/// </summary>
public sealed class DeliveryRejectedException : Exception
{
    /// <summary>Rejects without a word.</summary>
    public DeliveryRejectedException()
        : base("Rejected.")
    {
    }

    /// <summary>Rejects for a reason.</summary>
    public DeliveryRejectedException(string reason)
        : base(reason)
    {
    }

    /// <summary>Rejects for a reason that an exception gave.</summary>
    public DeliveryRejectedException(string reason, Exception innerException)
        : base(reason, innerException)
    {
    }
}
