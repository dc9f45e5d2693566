using System.ComponentModel.DataAnnotations;

namespace Orchestrator.Scheduler;

/// <summary>How the scheduler keeps time. Where it stores its timers is said by <c>Database</c>.</summary>
public sealed class SchedulerOptions
{
    public const string Section = "Scheduler";

    /// <summary>Messages that one process sends at a time.</summary>
    [Range(1, 100)]
    public int Threads { get; set; } = 10;

    /// <summary>How often a process says that it lives; one that is silent for about two of these is taken for dead and its timers move on.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan CheckIn { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Pause before a message that could not be sent is tried again.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(5);
}
