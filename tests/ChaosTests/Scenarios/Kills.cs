using System.Globalization;
using AwesomeAssertions;
using Npgsql;
using Orchestrator.ChaosTests.Driving;

namespace Orchestrator.ChaosTests.Scenarios;

/// <summary><c>kill -9</c> of every service under load, with copies of messages on the way.</summary>
internal static class Kills
{
    private const double NeededInTheMiddle = 0.8;

    /// <summary>Each service in turn, at its places.</summary>
    public static Task RunAsync(ChaosRun run) => run.ThenHoldsAsync(async () =>
    {
        var killer = await KillAsync(run, "kill", (killer, work) => killer.RunAsync(run.Profile.Kills, work));
        var aimed = killer.Kills.Where(kill => !kill.Process.StartsWith("Scheduler", StringComparison.Ordinal)).ToList();
        aimed.Count(kill => kill.Held.Any).Should().BeGreaterThanOrEqualTo((int)Math.Ceiling(aimed.Count * NeededInTheMiddle), "kills must fall into the middle of something");
        await RescuedInTimeAsync(run, killer);
    });

    /// <summary>Runners alone, each while it holds a lease.</summary>
    public static Task OnLeasesAsync(ChaosRun run) => run.ThenHoldsAsync(async () =>
    {
        var killer = await KillAsync(run, "lease", (killer, work) => killer.RunOnLeasesAsync(run.Profile.LeaseKills, work));
        // The commit of a report may have been on its way when its runner was stopped.
        (await RescuedInTimeAsync(run, killer)).Should().BeGreaterThanOrEqualTo((int)Math.Ceiling(killer.Kills.Count * 0.9), "a lease of a killed runner is taken from it");
    });

    private static async Task<Killer> KillAsync(ChaosRun run, string name, Func<Killer, Task, Task> kill)
    {
        var killer = new Killer(run.System, run.Random);
        var load = run.NewLoad(name);
        using var enough = new CancellationTokenSource();
        var work = SubmitUntilAsync(load, run, enough.Token);
        try
        {
            await kill(killer, work);
        }
        finally
        {
            await enough.CancelAsync();
            run.Evidence.LostRunners += killer.Runners;
        }

        await work;
        await load.FinishedAsync(run.Profile.Patience);
        Report(killer);
        load.Accepted.Should().HaveCountGreaterThanOrEqualTo(run.Profile.Jobs);
        return killer;
    }

    /// <summary>At least the profile's jobs, and as many more as the kills take time; now and then a copy of what is on the wire.</summary>
    private static async Task SubmitUntilAsync(Load.JobLoad load, ChaosRun run, CancellationToken enough)
    {
        while (load.Accepted.Count < run.Profile.Jobs || !enough.IsCancellationRequested)
        {
            await load.SubmitAsync(1, run.Profile.InFlight);
            if (load.Accepted.Count % 5 == 0)
                await run.Tap.RepeatAsync([.. run.Tap.Trace.TakeLast(3)]);
        }
    }

    /// <summary>Whatever a killed runner held is taken from it within two leases, and the round of a sweep. Answers of how many kills something was.</summary>
    private static async Task<int> RescuedInTimeAsync(ChaosRun run, Killer killer)
    {
        var slowest = new List<double>();
        await using var connection = await run.System.OpenAsync();
        foreach (var kill in killer.Kills.Where(kill => kill.Held.Leases > 0))
        {
            await using var command = new NpgsqlCommand(
                "select extract(epoch from max(finished_at) - @at)::float8 from runner.attempt_leases where state = 'lost' and owner like @owner and lease_until is null", connection);
            command.Parameters.AddWithValue("at", kill.Held.At);
            command.Parameters.AddWithValue("owner", string.Create(CultureInfo.InvariantCulture, $"%:{kill.Id}:%"));
            if (await command.ExecuteScalarAsync() is not double seconds)
                continue;
            slowest.Add(seconds);
            seconds.Should().BeLessThan((2 * run.Profile.Lease).TotalSeconds + 1, $"{kill.Process} was killed at {kill.Held.At:T}");
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"== the leases of {slowest.Count} killed runners were taken after {slowest.DefaultIfEmpty().Max():0.0} s at most (twice the lease is {(2 * run.Profile.Lease).TotalSeconds:0} s)"));
        return slowest.Count;
    }

    private static void Report(Killer killer)
    {
        foreach (var kill in killer.Kills)
            Console.WriteLine($"   {kill.Process} at {kill.Where}: {kill.Held}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"== {killer.Kills.Count} kills, {killer.Kills.Count(kill => kill.Held.Any)} in the middle of something"));
    }
}
