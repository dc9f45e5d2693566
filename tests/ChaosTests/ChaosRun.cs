using System.Globalization;
using AwesomeAssertions;
using Orchestrator.ChaosTests.Driving;
using Orchestrator.ChaosTests.Load;
using Orchestrator.ChaosTests.Oracle;

namespace Orchestrator.ChaosTests;

/// <summary>A system to be broken, with all that is watched around it.</summary>
internal sealed class ChaosRun : IAsyncDisposable
{
    private int _loads;

    private ChaosRun(ChaosSystem system, MessageTap tap)
    {
        (System, Tap, Random) = (system, tap, new Random(system.Profile.Seed));
        Poison = new Poison(system);
        Evidence = new Evidence(system, Receiver, tap, Poison);
        Oracle = new InvariantOracle(Evidence);
    }

    public ChaosSystem System { get; }

    public ChaosProfile Profile => System.Profile;

    public MessageTap Tap { get; }

    public CallbackReceiver Receiver { get; } = new();

    public Poison Poison { get; }

    public Evidence Evidence { get; }

    public InvariantOracle Oracle { get; }

    public Random Random { get; }

    public static async Task<ChaosRun> StartAsync(ChaosProfile profile)
    {
        var system = await ChaosSystem.StartAsync(profile);
        return new ChaosRun(system, await MessageTap.OpenAsync(system));
    }

    /// <summary>A client whose jobs the oracle looks for.</summary>
    public JobLoad NewLoad(string name)
    {
        var load = new JobLoad(System, Receiver, string.Create(CultureInfo.InvariantCulture, $"{name}{++_loads}"));
        Evidence.Loads.Add(load);
        return load;
    }

    /// <summary>Does what is to be done to the system, then asks the oracle. Whatever fails names the seed that does it again.</summary>
    public async Task ThenHoldsAsync(Func<Task> scenario)
    {
        try
        {
            await scenario();
            // Each identity needs its cases: a few bad messages and a few copies belong to every run.
            if (Poison.Count == 0)
                await Poison.SendAsync(10);
            if (Tap.Repeated.Count == 0)
                await Tap.RepeatAsync(Tap.Trace.Take(50));
            (await Oracle.AtRestAsync()).Broken.Should().BeEmpty();
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"ORCH_CHAOS_SEED={Profile.Seed} does it again. {exception.Message}", exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Receiver.Dispose();
        await Tap.DisposeAsync();
        await System.DisposeAsync();
    }
}
