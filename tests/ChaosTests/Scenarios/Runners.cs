using System.Globalization;
using AwesomeAssertions;
using Npgsql;
using Orchestrator.ChaosTests.Driving;
using Orchestrator.TestServers;

namespace Orchestrator.ChaosTests.Scenarios;

/// <summary>Runners that stand still for longer than their lease, and services that are asked to stop.</summary>
internal static class Runners
{
    /// <summary>A runner that holds a lease stands still for three of them; what it says afterwards counts for nothing.</summary>
    public static Task StoppedAsync(ChaosRun run) => run.ThenHoldsAsync(async () =>
    {
        var refused = 0;
        for (var round = 0; refused < run.Profile.StoppedRunners; round++)
        {
            var load = run.NewLoad("stopped");
            await load.SubmitOneAsync(string.Create(CultureInfo.InvariantCulture, $"stopped-{round}-{run.Profile.Seed}"), "simulate: sleep 2s");
            // One role after the other; the others rescue.
            var service = ChaosSystem.Runners[round % ChaosSystem.Runners.Count];
            var owner = run.System.Of(service).Process.Id;
            await Eventually.IsTrueAsync(async () => await CountAsync(run, $"owner like '%:{owner}:%' and state = 'running'") > 0, $"{service} holds a lease", TimeSpan.FromMinutes(1));
            run.Evidence.LostRunners++;
            Signals.Send(owner, Signals.Stop);
            await Eventually.IsTrueAsync(async () => await CountAsync(run, $"owner like '%:{owner}:%' and state = 'running'") == 0, "others see that its lease ran out", 3 * run.Profile.Lease + TimeSpan.FromSeconds(20));
            Signals.Send(owner, Signals.Continue);
            await load.FinishedAsync(run.Profile.Patience + 3 * run.Profile.Lease);
            (await CountAsync(run, $"job_id = '{load.Accepted.Values.Single()}' and state = 'lost' and report::json ->> 'ErrorCode' = 'lease_lost'")).Should().BeGreaterThan(0, "the stopped launch was refused");
            refused++;
        }
    });

    /// <summary>SIGTERM under load: each ends in time and no attempt is burned.</summary>
    public static Task AskedToStopAsync(ChaosRun run) => run.ThenHoldsAsync(async () =>
    {
        var load = run.NewLoad("stop");
        var lost = await CountAsync(run, "state = 'lost'");
        var work = load.SubmitAsync(run.Profile.Jobs, run.Profile.InFlight, "simulate: sleep 1s");
        string[] order = ["ImplementerRunner", "Pipeline", "Gateway", "PlannerRunner", "Budget", "ReviewerRunner", "Scheduler"];
        for (var stop = 0; stop < run.Profile.GracefulStops; stop++)
        {
            var service = order[stop % order.Length];
            run.Evidence.LostRunners += ChaosSystem.Runners.Contains(service) ? 1 : 0;
            var took = await run.System.StopInOrderAsync(service);
            Console.WriteLine($"== {service} ended {took.TotalSeconds:0.0} s after SIGTERM");
            took.Should().BeLessThan(TimeSpan.FromSeconds(30), service);
            await run.System.ReadyAsync();
        }

        await work;
        await load.FinishedAsync(run.Profile.Patience);
        (await CountAsync(run, "state = 'lost'")).Should().Be(lost, "what ran was handed back or finished");
    });

    private static async Task<long> CountAsync(ChaosRun run, string condition)
    {
        await using var connection = await run.System.OpenAsync();
        await using var command = new NpgsqlCommand($"select count(*) from runner.attempt_leases where {condition}", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
