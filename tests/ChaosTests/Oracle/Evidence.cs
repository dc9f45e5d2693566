using Orchestrator.ChaosTests.Driving;
using Orchestrator.ChaosTests.Load;

namespace Orchestrator.ChaosTests.Oracle;

/// <summary>What the driver knows beside what the system says: whom the door said yes to, what arrived, and what was done to the system.</summary>
internal sealed class Evidence(ChaosSystem system, CallbackReceiver receiver, MessageTap tap, Poison poison)
{
    public ChaosSystem System => system;

    public CallbackReceiver Receiver => receiver;

    public MessageTap Tap => tap;

    public Poison Poison => poison;

    /// <summary>All clients.</summary>
    public List<JobLoad> Loads { get; } = [];

    /// <summary>Job ids that the door answered.</summary>
    public IReadOnlyList<string> Accepted => [.. Loads.SelectMany(load => load.Accepted.Values)];

    /// <summary>Ends of runner processes and stops of them: each costs the launches that it held and no more.</summary>
    public int LostRunners { get; set; }
}
