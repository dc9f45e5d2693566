using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
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
            var job = load.Accepted.Values.Single();
            var log = Path.Combine(run.System.Logs, $"{run.System.Of(service).Name}.log");
            var stopped = Stopwatch.StartNew();
            Signals.Send(owner, Signals.Stop);
            await Eventually.IsTrueAsync(async () => await CountAsync(run, $"owner like '%:{owner}:%' and state = 'running'") == 0, "others see that its lease ran out", 3 * run.Profile.Lease + TimeSpan.FromSeconds(20));
            await Task.Delay(3 * run.Profile.Lease > stopped.Elapsed ? 3 * run.Profile.Lease - stopped.Elapsed : TimeSpan.Zero);
            Signals.Send(owner, Signals.Continue);
            await Eventually.IsTrueAsync(() => Task.FromResult(Says(log, job, "lost its lease: result and artifacts are refused")), "its late report is refused", run.Profile.Patience);
            await load.FinishedAsync(run.Profile.Patience + 3 * run.Profile.Lease);
            (await CountAsync(run, $"job_id = '{job}' and state = 'lost' and report::json ->> 'ErrorCode' = 'lease_lost'")).Should().BeGreaterThan(0, "the stopped launch is lost and stays so");
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
        (await CountAsync(run, $"job_id = any(array['{string.Join("', '", load.Accepted.Values)}']) and state = 'finished' and report::json ->> 'ErrorCode' is not null")).Should().Be(0, "no attempt was burned");
    });

    /// <summary>
    /// A job whose every launch takes the planner's runner down is given up after three; what goes on in the others is not. A step that is lost three times in the
    /// same process as the deadly one would be: nobody can tell them apart.
    /// </summary>
    public static Task PoisonedAsync(ChaosRun run) => run.ThenHoldsAsync(async () =>
    {
        var others = run.NewLoad("beside");
        var work = others.SubmitAsync(run.Profile.Jobs, run.Profile.InFlight, steps: 1..);
        var deadly = run.NewLoad("deadly");
        await deadly.SubmitOneAsync($"deadly-{run.Profile.Seed}", "simulate: sleep 60s", steps: ..1);
        var job = deadly.Accepted.Values.Single();
        await using var connection = await run.System.OpenAsync();
        var until = Stopwatch.StartNew();
        while (deadly.Open > 0)
        {
            until.Elapsed.Should().BeLessThan(TimeSpan.FromMinutes(5), "a job that kills its runners ends");
            await using var command = new NpgsqlCommand($"select owner from runner.attempt_leases where job_id = '{job}' and state = 'running'", connection);
            var owner = await command.ExecuteScalarAsync() as string;
            if (run.System.Running.FirstOrDefault(running => owner?.Contains(string.Create(CultureInfo.InvariantCulture, $":{running.Process.Id}:"), StringComparison.Ordinal) == true) is not { } runner)
            {
                await Task.Delay(50);
                continue;
            }

            run.Evidence.LostRunners++;
            await (await run.System.KillAsync(runner.Process.Service)).Process.WaitUntilReadyAsync();
        }

        await work;
        await others.FinishedAsync(run.Profile.Patience);
        (await CountAsync(run, $"job_id = '{job}' and state = 'lost'")).Should().Be(3, "it is launched three times, and no more");
        using var client = run.System.Client();
        var seen = await client.GetFromJsonAsync<JsonElement>($"/v1/jobs/{job}");
        seen.GetProperty("status").GetString().Should().Be("failed");
        seen.GetProperty("steps")[0].ToString().Should().Contain("\"poisoned\"");
        await using var completed = new NpgsqlCommand("select count(*) from gateway.jobs where status = 'Completed' and job_id = any(@jobs)", connection);
        completed.Parameters.AddWithValue("jobs", others.Accepted.Values.ToArray());
        (await completed.ExecuteScalarAsync()).Should().Be((long)others.Accepted.Count, "its neighbours are not to blame");
    });

    /// <summary>Something else wants every processor, for five leases: none runs out.</summary>
    public static Task BusyMachineAsync(ChaosRun run) => run.ThenHoldsAsync(async () =>
    {
        // The oracle looks at what every runner leaves behind, so every runner has worked.
        var before = run.NewLoad("before-busy");
        await before.SubmitAsync(1, 1, "simulate: sleep 20ms");
        await before.FinishedAsync(run.Profile.Patience);
        var lost = await CountAsync(run, "state = 'lost'");
        var load = run.NewLoad("busy");
        var hogs = new List<Process>();
        try
        {
            // They end with this process, however it ends.
            for (var hog = 0; hog < 2 * Environment.ProcessorCount; hog++)
                hogs.Add(Process.Start("sh", ["-c", "while kill -0 $PPID; do :; done"]));
            for (var step = 0; step < run.Profile.BusySteps; step++)
                await load.SubmitOneAsync(string.Create(CultureInfo.InvariantCulture, $"busy-{step}-{run.Profile.Seed}"), string.Create(CultureInfo.InvariantCulture, $"simulate: sleep {(5 * run.Profile.Lease).TotalSeconds}s"), steps: ..1);
            await load.FinishedAsync(run.Profile.Patience + run.Profile.BusySteps * 5 * run.Profile.Lease);
        }
        finally
        {
            foreach (var hog in hogs)
            {
                hog.Kill();
                hog.Dispose();
            }
        }

        (await CountAsync(run, "state = 'lost'")).Should().Be(lost);
        (await CountAsync(run, $"job_id = any(array['{string.Join("', '", load.Accepted.Values)}'])")).Should().Be(run.Profile.BusySteps, "one launch each");
    });

    /// <summary>The log is written while it is read.</summary>
    private static bool Says(string log, string job, string words)
    {
        using var lines = new StreamReader(new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return lines.ReadToEnd().Split('\n').Any(line => line.Contains(job, StringComparison.Ordinal) && line.Contains(words, StringComparison.Ordinal));
    }

    private static async Task<long> CountAsync(ChaosRun run, string condition)
    {
        await using var connection = await run.System.OpenAsync();
        await using var command = new NpgsqlCommand($"select count(*) from runner.attempt_leases where {condition}", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
