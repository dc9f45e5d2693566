using Orchestrator.Contracts.Steps;

namespace Orchestrator.Execution.Attempts;

/// <summary>Runs one launch from preparing its workspace to storing its artifacts, and says how it went. Knows nothing of the bus.</summary>
public interface IAttemptEngine
{
    /// <summary>
    /// Runs the launch. Whatever goes wrong becomes a named outcome of the report; partial work is kept.
    /// When <paramref name="cancellationToken"/> fires the process tree is ended within 2 s and the report says <see cref="StepOutcome.Cancelled"/>.
    /// </summary>
    /// <exception cref="LeaseLostException">The observer said that the lease is gone: nothing was reported, work and processes are cleaned up.</exception>
    Task<StepFinished> RunAsync(RunStep command, IAttemptObserver observer, CancellationToken cancellationToken);
}

/// <summary>What the engine tells while a launch runs.</summary>
public interface IAttemptObserver
{
    /// <summary>A clean piece of the log at this byte offset; best effort, must not block.</summary>
    void OnLog(long offset, string text);

    /// <summary>The base commit is known, of a launch whose command asks for it with <see cref="RunStep.AnnounceBase"/>. The report says it again: a failure must not fail the launch.</summary>
    Task OnBaseAsync(string commit, CancellationToken cancellationToken);
}

/// <summary>The lease of a running launch is gone.</summary>
public sealed class LeaseLostException : Exception
{
    /// <summary>Creates it.</summary>
    public LeaseLostException()
    {
    }

    /// <summary>Creates it with a message.</summary>
    public LeaseLostException(string message)
        : base(message)
    {
    }

    /// <summary>Creates it with a message and a cause.</summary>
    public LeaseLostException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
