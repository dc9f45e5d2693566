using System.ComponentModel.DataAnnotations;

namespace Orchestrator.Runners.Attempts;

/// <summary>How much a runner process takes on.</summary>
public sealed class RunnerOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Runner";

    /// <summary>Attempts that one role runs at the same time in this process.</summary>
    [Range(1, 1024)]
    public int Slots { get; set; } = 4;

    /// <summary>How long a graceful stop waits for running attempts to be handed back.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(20);
}

/// <summary>The runner's claim on an attempt.</summary>
public sealed class LeaseOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Lease";

    /// <summary>How long a claim holds without a heartbeat. Database time decides.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan Duration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often expired leases are looked for.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Time between two heartbeats: a fifth of the duration.</summary>
    public TimeSpan Heartbeat => Duration / 5;
}
