namespace Orchestrator.Messaging.Intake;

/// <summary>
/// Lets a process take messages from a queue only while it has room for them. Closed, it holds no delivery: what waits stays
/// in the queue, visible and free for other processes. Messages are handed over one at a time.
/// </summary>
public interface IIntakeGate
{
    /// <summary>
    /// Closes the gate. Called while a message of this queue is handled, no further one is delivered after it; called
    /// at any other time, it returns when a message that was under way has been handled.
    /// </summary>
    Task PauseAsync();

    /// <summary>Opens the gate.</summary>
    Task ResumeAsync();

    /// <summary>
    /// Opens or closes the gate as <paramref name="isOpen"/> says at the moment when it is this call's turn. Two callers that
    /// race, one that takes the last place and one that frees a place, cannot leave the gate as the slower one saw it.
    /// </summary>
    Task UpdateAsync(Func<bool> isOpen);
}

/// <summary>The gates of this process.</summary>
public interface IIntakeGates
{
    /// <summary>The gate of a queue that was added with <see cref="GatedEndpoints.AddGatedEndpoint{TConsumer}"/>.</summary>
    IIntakeGate For(string queue);
}
