using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using AwesomeAssertions;
using Npgsql;
using Orchestrator.ChaosTests.Driving;
using Orchestrator.TestServers.RabbitMq;

namespace Orchestrator.ChaosTests.Scenarios;

/// <summary>The broker or the database goes away and comes back, and no process is started again.</summary>
internal static class Reconnection
{
    private static readonly TimeSpan Noticed = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Back = TimeSpan.FromSeconds(30);

    public static Task BrokerAsync(ChaosRun run) => run.ThenHoldsAsync(async () =>
    {
        var load = run.NewLoad("broker");
        var work = load.SubmitAsync(run.Profile.Jobs, run.Profile.InFlight);
        for (var restart = 0; restart < run.Profile.BrokerRestarts; restart++)
        {
            await run.System.Broker.StopAsync();
            await run.System.RedAsync(Noticed);
            if (restart == 0)
                await EndsWithoutBrokerAsync(run, "ReviewerRunner");
            await run.System.Broker.RestartAsync();
            var watch = Stopwatch.StartNew();
            await run.System.ConsumedAsync(Back);
            Console.WriteLine($"== consumers back after {watch.Elapsed.TotalSeconds:0.0} s");
            await run.System.GreenAsync(Back);
            await run.Tap.ConnectAsync();
        }

        await work;
        await load.FinishedAsync(run.Profile.Patience);
    });

    /// <summary>Its memory is full: it answers, and takes no message.</summary>
    public static Task BlockedBrokerAsync(ChaosRun run) => BrokerTakesNothingAsync(run, "blocked", broker => broker.BlockAsync(), broker => broker.UnblockAsync());

    /// <summary>It hangs: connections stay open, and nothing answers.</summary>
    public static Task PausedBrokerAsync(ChaosRun run) => BrokerTakesNothingAsync(run, "paused", broker => broker.PauseAsync(), broker => broker.ResumeAsync());

    private static Task BrokerTakesNothingAsync(ChaosRun run, string name, Func<IOwnRabbitMq, Task> begin, Func<IOwnRabbitMq, Task> end) => run.ThenHoldsAsync(async () =>
    {
        var load = run.NewLoad(name);
        await load.SubmitAsync(run.Profile.InFlight / 2, run.Profile.InFlight);
        var before = run.System.Running.ToDictionary(running => running.Name, Resident);
        await begin(run.System.Broker);
        try
        {
            var until = Stopwatch.StartNew();
            for (var job = 0; job == 0 || until.Elapsed < run.Profile.BlockedBroker; job++)
            {
                var watch = Stopwatch.StartNew();
                await load.SubmitOneAsync($"{name}-now-{job}-{run.Profile.Seed}", "simulate: sleep 50ms");
                watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(2), "the door answers although the broker takes nothing");
                await run.System.RedAsync(Noticed);
            }

            foreach (var running in run.System.Running)
                (Resident(running) - before[running.Name]).Should().BeLessThan(50 * 1024 * 1024, $"{running.Name} does not hoard what it cannot send");
        }
        finally
        {
            await end(run.System.Broker);
        }

        await run.System.GreenAsync(Back);
        await load.FinishedAsync(run.Profile.Patience);
    });

    public static Task DatabaseAsync(ChaosRun run) => run.ThenHoldsAsync(async () =>
    {
        var load = run.NewLoad("database");
        var work = load.SubmitAsync(run.Profile.Jobs, run.Profile.InFlight);
        for (var terminated = 0; terminated < run.Profile.TerminatedBackends;)
            terminated += await TerminateAsync(run);
        for (var restart = 0; restart < run.Profile.DatabaseRestarts; restart++)
        {
            await run.System.Database.StopAsync();
            await run.System.RedAsync(Noticed);
            await RefusedInTimeAsync(run);
            await Task.Delay(run.Profile.DatabaseOutage);
            await run.System.Database.RestartAsync();
            await run.System.GreenAsync(Back);
        }

        run.Evidence.LostRunners += run.Profile.DatabaseRestarts * ChaosSystem.Runners.Count;
        await work;
        await load.FinishedAsync(run.Profile.Patience);
    });

    /// <summary>Five connections per process, and more work at a time than that: it takes turns.</summary>
    public static Task SmallPoolAsync(ChaosRun run) => run.ThenHoldsAsync(async () =>
    {
        try
        {
            run.System.PoolSize = 5;
            await EachAgainAsync(run);
            var load = run.NewLoad("pool");
            await load.SubmitAsync(2 * run.Profile.Jobs, 4 * run.Profile.InFlight, "simulate: sleep 20ms");
            await load.FinishedAsync(run.Profile.Patience);
        }
        finally
        {
            run.System.PoolSize = null;
            await EachAgainAsync(run);
        }
    });

    private static async Task EachAgainAsync(ChaosRun run)
    {
        run.Evidence.LostRunners += ChaosSystem.Runners.Count;
        foreach (var service in ChaosSystem.Services)
            await run.System.StopInOrderAsync(service);
        await run.System.ReadyAsync();
    }

    /// <summary>Whoever is asked to stop does not wait for a broker that is gone; the next process waits for it at its start.</summary>
    private static async Task EndsWithoutBrokerAsync(ChaosRun run, string runner)
    {
        run.Evidence.LostRunners++;
        var took = await run.System.StopInOrderAsync(runner);
        Console.WriteLine($"== {runner} ended {took.TotalSeconds:0.0} s after SIGTERM, without a broker");
        took.Should().BeLessThan(TimeSpan.FromSeconds(29), "a stop in order is bounded");
    }

    /// <summary>Without its database the door says so at once, and when to come again.</summary>
    private static async Task RefusedInTimeAsync(ChaosRun run)
    {
        using var client = run.System.Client();
        var watch = Stopwatch.StartNew();
        using var answer = await client.PostAsJsonAsync("/v1/jobs", new { goal = "Not now." });
        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(2));
        answer.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable, await answer.Content.ReadAsStringAsync());
        answer.Headers.RetryAfter.Should().NotBeNull();
    }

    private static async Task<int> TerminateAsync(ChaosRun run)
    {
        await using var connection = await run.System.OpenAsync();
        await using var command = new NpgsqlCommand(
            "select count(pg_terminate_backend(pid)) from (select pid from pg_stat_activity where application_name = any(@names) order by random() limit 5) victims", connection);
        command.Parameters.AddWithValue("names", run.System.Running.Select(running => running.Name).ToArray());
        var count = (int)(long)(await command.ExecuteScalarAsync())!;
        await Task.Delay(TimeSpan.FromMilliseconds(300));
        return count;
    }

    /// <summary>Bytes of memory.</summary>
    private static long Resident(Incarnation running) =>
        long.Parse(File.ReadAllText($"/proc/{running.Process.Id}/statm").Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture) * Environment.SystemPageSize;
}
