namespace Orchestrator.Execution.Attempts;

/// <summary>The time of a step, counted from the start of its agent: whatever runs later has what is left.</summary>
internal sealed class TimeLimit(TimeSpan whole, TimeProvider time)
{
    private readonly long started = time.GetTimestamp();

    /// <summary>What is left; zero or less when it is over.</summary>
    public TimeSpan Left => whole - time.GetElapsedTime(started);
}
