namespace Orchestrator.Pipeline.Graph;

/// <summary>When a failed attempt is tried again.</summary>
public static class RetryPlan
{
    /// <summary>Longest back-off between two attempts.</summary>
    public static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(60);

    /// <summary>Longest pause between two looks at an account that has nothing left, or at an outage.</summary>
    public static readonly TimeSpan LongestProbe = TimeSpan.FromHours(1);

    /// <summary>Launches that may be lost (runner killed, lease run out) before the step is failed as poisoned.</summary>
    public const int LostLaunchLimit = 3;

    /// <summary>Visits of one step in a run.</summary>
    public const int VisitLimit = 5;

    /// <summary>
    /// Back-off before the next attempt: the step's own, doubled per failure, capped at 60 s, with up to a fifth taken off by <paramref name="jitter"/>.
    /// </summary>
    /// <param name="firstSeconds">The step's <c>retry_backoff_sec</c>.</param>
    /// <param name="failures">Failures so far, from 1.</param>
    /// <param name="jitter">Between 0 (none taken off) and 1.</param>
    public static TimeSpan Backoff(double firstSeconds, int failures, double jitter)
    {
        var doubled = firstSeconds * Math.Pow(2, Math.Min(failures - 1, 16));
        var capped = Math.Min(doubled, LongestBackoff.TotalSeconds);
        return TimeSpan.FromSeconds(capped * (1 - (0.2 * jitter)));
    }

    /// <summary>Pause before the next look at an account that has nothing left, or at an outage: each look is a launch, so it is doubled every time and capped at an hour.</summary>
    /// <param name="first">The first pause.</param>
    /// <param name="probes">Looks so far in a row, from 1.</param>
    public static TimeSpan Probe(TimeSpan first, int probes) =>
        TimeSpan.FromSeconds(Math.Min(first.TotalSeconds * Math.Pow(2, Math.Min(probes - 1, 16)), LongestProbe.TotalSeconds));
}
