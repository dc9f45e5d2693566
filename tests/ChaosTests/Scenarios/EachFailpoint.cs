using System.Globalization;
using Orchestrator.ChaosTests.Driving;
using Orchestrator.TestServers;

namespace Orchestrator.ChaosTests.Scenarios;

/// <summary>A crash at every place that the system passes, so often each.</summary>
internal static class EachFailpoint
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Task RunAsync(ChaosRun run) => run.ThenHoldsAsync(async () =>
    {
        var load = run.NewLoad("each");
        await load.SubmitAsync(run.Profile.InFlight, run.Profile.InFlight, "simulate: sleep 20ms");
        await load.FinishedAsync(run.Profile.Patience);
        using var enough = new CancellationTokenSource();
        var work = SubmitUntilAsync(load, run, enough.Token);
        var unreached = new List<string>();
        foreach (var (service, place) in run.System.Places().SelectMany(place => Enumerable.Repeat(place, run.Profile.CrashesPerFailpoint)))
        {
            run.Evidence.LostRunners += ChaosSystem.Runners.Contains(service) ? 1 : 0;
            run.System.Order(service, string.Create(CultureInfo.InvariantCulture, $"{place}=crash@{1 + run.Random.Next(2)}"));
            try
            {
                await Eventually.IsTrueAsync(() => Task.FromResult(run.System.Of(service).Process.HasEnded), $"{service} crashes at {place}", Patience);
            }
            catch (TimeoutException)
            {
                unreached.Add($"{service} {place}");
            }

            run.System.Order(service, "");
            if (run.System.Of(service).Process.HasEnded)
                await (await run.System.KillAsync(service)).Process.WaitUntilReadyAsync();
        }

        await enough.CancelAsync();
        await work;
        await load.FinishedAsync(run.Profile.Patience);
        Console.WriteLine($"== not passed again while they were armed: {string.Join(", ", unreached.Distinct())}");
    });

    private static async Task SubmitUntilAsync(Load.JobLoad load, ChaosRun run, CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
            await load.SubmitAsync(1, run.Profile.InFlight, "simulate: sleep 100ms");
    }
}
