namespace Orchestrator.Messaging.Failures;

/// <summary>
/// Thrown for a message that overtook the one it follows: the broker keeps no order between two publishers or two consumers.
/// It is tried again like an outage; what nothing ever precedes ends in the failed queue.
/// </summary>
public sealed class TooEarlyException : Exception
{
    /// <summary>Too early for something that is not named.</summary>
    public TooEarlyException()
        : base("The message came before the one it follows.")
    {
    }

    /// <summary>Too early for what the message names.</summary>
    public TooEarlyException(string message)
        : base(message)
    {
    }

    /// <summary>Too early, as another exception shows.</summary>
    public TooEarlyException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
