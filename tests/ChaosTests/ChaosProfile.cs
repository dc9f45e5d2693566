using System.Globalization;

namespace Orchestrator.ChaosTests;

/// <summary>How much of everything: <see cref="Quick"/> for <c>./test</c>, <see cref="Full"/> for the figures of the promises.</summary>
internal sealed record ChaosProfile
{
    public static ChaosProfile Quick { get; } = new()
    {
        Jobs = 20,
        InFlight = 12,
        Kills = 5,
        LeaseKills = 3,
        CrashesPerFailpoint = 1,
        BrokerRestarts = 1,
        BlockedBroker = TimeSpan.FromSeconds(4),
        DatabaseRestarts = 1,
        DatabaseOutage = TimeSpan.FromSeconds(2),
        TerminatedBackends = 10,
        Poison = 20,
        Replays = 3,
        Trace = 2000,
        StoppedRunners = 1,
        BusySteps = 2,
        GracefulStops = 2,
        ShuffledJobs = 12,
        LongestDelay = TimeSpan.FromMilliseconds(500),
        Lease = TimeSpan.FromSeconds(6),
        Patience = TimeSpan.FromMinutes(1),
    };

    public static ChaosProfile Full { get; } = new()
    {
        Jobs = 5000,
        InFlight = 64,
        Kills = 300,
        LeaseKills = 100,
        CrashesPerFailpoint = 3,
        BrokerRestarts = 20,
        BlockedBroker = TimeSpan.FromMinutes(2),
        DatabaseRestarts = 10,
        DatabaseOutage = TimeSpan.FromSeconds(40),
        TerminatedBackends = 100,
        Poison = 1000,
        Replays = 3,
        Trace = int.MaxValue,
        StoppedRunners = 20,
        BusySteps = 20,
        GracefulStops = 50,
        ShuffledJobs = 1000,
        LongestDelay = TimeSpan.FromSeconds(5),
        Lease = TimeSpan.FromSeconds(30),
        Patience = TimeSpan.FromMinutes(10),
    };

    /// <summary>Jobs of three steps each that go on while things are broken.</summary>
    public required int Jobs { get; init; }

    /// <summary>Jobs on their way at a time.</summary>
    public required int InFlight { get; init; }

    /// <summary>Processes killed in the middle of their work.</summary>
    public required int Kills { get; init; }

    /// <summary>Runners killed while they hold a lease.</summary>
    public required int LeaseKills { get; init; }

    public required int CrashesPerFailpoint { get; init; }

    public required int BrokerRestarts { get; init; }

    /// <summary>How long the broker takes nothing.</summary>
    public required TimeSpan BlockedBroker { get; init; }

    public required int DatabaseRestarts { get; init; }

    /// <summary>How long it is away each time, at least.</summary>
    public required TimeSpan DatabaseOutage { get; init; }

    public required int TerminatedBackends { get; init; }

    /// <summary>Malformed messages, in ten classes.</summary>
    public required int Poison { get; init; }

    /// <summary>How often the captured trace is sent again.</summary>
    public required int Replays { get; init; }

    /// <summary>Messages of the trace, the last ones, that are sent again.</summary>
    public required int Trace { get; init; }

    /// <summary>Runners that are stopped for three leases and go on then.</summary>
    public required int StoppedRunners { get; init; }

    /// <summary>Steps of five leases each while something else wants every processor.</summary>
    public required int BusySteps { get; init; }

    public required int GracefulStops { get; init; }

    /// <summary>Jobs whose messages are all late by chance.</summary>
    public required int ShuffledJobs { get; init; }

    public required TimeSpan LongestDelay { get; init; }

    public required TimeSpan Lease { get; init; }

    /// <summary>How long the last results may take once nothing is broken any more.</summary>
    public required TimeSpan Patience { get; init; }

    /// <summary>From <c>ORCH_CHAOS_SEED</c>, else by chance; every failure names it.</summary>
    public int Seed { get; init; } = int.TryParse(Environment.GetEnvironmentVariable("ORCH_CHAOS_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : Random.Shared.Next();

    /// <summary>A smaller or larger share of everything that is counted, for a run by hand: <c>ORCH_CHAOS_SCALE</c>, 1 when it is not set.</summary>
    public ChaosProfile Scaled()
    {
        if (!double.TryParse(Environment.GetEnvironmentVariable("ORCH_CHAOS_SCALE"), CultureInfo.InvariantCulture, out var scale))
            return this;
        return this with
        {
            Jobs = Of(Jobs),
            Kills = Of(Kills),
            LeaseKills = Of(LeaseKills),
            CrashesPerFailpoint = Of(CrashesPerFailpoint),
            BrokerRestarts = Of(BrokerRestarts),
            DatabaseRestarts = Of(DatabaseRestarts),
            TerminatedBackends = Of(TerminatedBackends),
            Poison = Of(Poison),
            StoppedRunners = Of(StoppedRunners),
            BusySteps = Of(BusySteps),
            GracefulStops = Of(GracefulStops),
            ShuffledJobs = Of(ShuffledJobs),
        };

        int Of(int count) => Math.Max(1, (int)(count * scale));
    }
}
