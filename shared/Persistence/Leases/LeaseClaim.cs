namespace Orchestrator.Persistence.Leases;

/// <summary>What came of a claim.</summary>
/// <param name="Result">Who has it.</param>
/// <param name="Lease">The row as it stands; null when a later launch of the step fences this one and it has no row.</param>
public sealed record LeaseClaim(ClaimResult Result, AttemptLease? Lease);

/// <summary>Who has a launch after a claim.</summary>
public enum ClaimResult
{
    /// <summary>The caller, from now on: launch it.</summary>
    Claimed,

    /// <summary>It runs already, or its lease ran out and the sweep is about to report it: do nothing.</summary>
    Held,

    /// <summary>It is over: send the stored report again.</summary>
    Over,

    /// <summary>A later launch of the step exists: the command is stale, do nothing.</summary>
    Fenced,
}
