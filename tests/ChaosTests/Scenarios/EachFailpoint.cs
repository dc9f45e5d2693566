using System.Globalization;
using AwesomeAssertions;
using Orchestrator.ChaosTests.Driving;
using Orchestrator.TestServers;

namespace Orchestrator.ChaosTests.Scenarios;

/// <summary>A crash at every place that the system passes, so often each.</summary>
internal static class EachFailpoint
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>A busy machine starts a process in its own time.</summary>
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);

    /// <summary>About one per second.</summary>
    private const int LooksPerProbe = 40;

    /// <summary>What only a bad message passes: none is sent here.</summary>
    private const string Failed = "failed.";

    public static Task RunAsync(ChaosRun run) => run.ThenHoldsAsync(async () =>
    {
        var load = run.NewLoad("each");
        await load.SubmitAsync(run.Profile.InFlight, run.Profile.InFlight, "simulate: sleep 20ms");
        await load.FinishedAsync(run.Profile.Patience);
        using var enough = new CancellationTokenSource();
        var work = SubmitUntilAsync(load, run, enough.Token);
        var unreached = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (service, place) in run.System.Places().Where(place => !place.Place.StartsWith(Failed, StringComparison.Ordinal)).SelectMany(place => Enumerable.Repeat(place, run.Profile.CrashesPerFailpoint)))
        {
            if (!await CrashesAsync(run, service, place) && !await CrashesAtStartAsync(run, service, place))
                unreached.Add(place);
            run.System.Order(service, "");
            if (run.System.Of(service).Process.HasEnded)
                await (await KillAsync(run, service)).Process.WaitUntilReadyAsync();
        }

        await enough.CancelAsync();
        await work;
        await load.FinishedAsync(run.Profile.Patience);
        unreached.Should().BeEmpty("each was passed before, so each can be crashed at");
    });

    /// <summary>In the middle of work.</summary>
    private static Task<bool> CrashesAsync(ChaosRun run, string service, string place)
    {
        run.System.Order(service, string.Create(CultureInfo.InvariantCulture, $"{place}=crash@{1 + run.Random.Next(2)}"));
        return EndsAsync(run, service, Patience);
    }

    /// <summary>What is passed once, at the start of a process or when somebody first asks whether it is ready.</summary>
    private static async Task<bool> CrashesAtStartAsync(ChaosRun run, string service, string place)
    {
        run.System.Order(service, $"{place}=crash@1");
        await KillAsync(run, service);
        return await EndsAsync(run, service, StartPatience);
    }

    private static async Task<bool> EndsAsync(ChaosRun run, string service, TimeSpan patience)
    {
        try
        {
            var process = run.System.Of(service).Process;
            var looks = 0;
            await Eventually.IsTrueAsync(
                async () => process.HasEnded || (looks++ % LooksPerProbe == 0 && !await process.IsReadyAsync() && process.HasEnded), $"{service} crashes", patience);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static Task<Incarnation> KillAsync(ChaosRun run, string service)
    {
        run.Evidence.LostRunners += ChaosSystem.Runners.Contains(service) ? 1 : 0;
        return run.System.KillAsync(service);
    }

    private static async Task SubmitUntilAsync(Load.JobLoad load, ChaosRun run, CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
            await load.SubmitAsync(1, run.Profile.InFlight, "simulate: sleep 100ms");
    }
}
