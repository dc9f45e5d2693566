namespace Orchestrator.Messaging.Failures;

/// <summary>What an operator does with failed messages. Only one process at a time may work on a failed queue: the caller sees to that.</summary>
public interface IFailedQueues
{
    /// <summary>Opens a way to the broker, which declares what is missing there.</summary>
    Task<IFailedQueueSession> OpenAsync(CancellationToken cancellationToken);
}

/// <summary>One visit to the broker.</summary>
public interface IFailedQueueSession : IAsyncDisposable
{
    /// <summary>
    /// Sends a message to its queue again: same bytes, same id, correlation and headers, without what the failure added. Returns
    /// when the broker has it.
    /// </summary>
    /// <param name="queue">The queue in which it failed.</param>
    /// <param name="messageId">Its id; the one to give a message that has none.</param>
    /// <param name="properties">What travelled beside the body.</param>
    /// <param name="body">The body.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task SendAgainAsync(string queue, string messageId, MessageProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken);

    /// <summary>
    /// Takes copies out of the failed queue of <paramref name="queue"/> in one pass over the messages that it holds now; the others go
    /// back to where they were. A fingerprint that is given twice is taken twice.
    /// </summary>
    /// <param name="queue">The queue in which they failed.</param>
    /// <param name="fingerprints">The copies to take.</param>
    /// <param name="found">Called with each copy before it is taken; what it throws leaves the copy where it is.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<FailedPass> RemoveAsync(
        string queue, IReadOnlyCollection<string> fingerprints, Func<string, MessageProperties, ReadOnlyMemory<byte>, Task> found, CancellationToken cancellationToken);
}

/// <summary>A pass over a failed queue.</summary>
/// <param name="Removed">The fingerprints of the copies that were there.</param>
/// <param name="IsWhole">Whether it saw all that the queue held when it began, or found all it looked for. Otherwise a copy that it did not find may still be there.</param>
public sealed record FailedPass(IReadOnlyList<string> Removed, bool IsWhole);
