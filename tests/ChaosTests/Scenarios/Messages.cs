using System.Globalization;
using AwesomeAssertions;
using Npgsql;
using Orchestrator.ChaosTests.Driving;

namespace Orchestrator.ChaosTests.Scenarios;

/// <summary>Bad messages, messages that come again, and messages that come in another order.</summary>
internal static class Messages
{
    private static readonly string[] Kept =
        ["gateway.jobs", "gateway.job_steps", "gateway.launches", "gateway.job_events", "gateway.callbacks", "budget.reservations", "budget.ledger", "pipeline.runs", "pipeline.ready_steps", "runner.attempt_leases"];

    private static readonly string[] Schemas = ["gateway", "pipeline", "budget", "runner"];

    public static Task PoisonAsync(ChaosRun run) => run.ThenHoldsAsync(async () =>
    {
        var processes = run.System.Running.Select(running => running.Process.Id).ToList();
        var load = run.NewLoad("among-poison");
        var work = load.SubmitAsync(Math.Min(run.Profile.Poison, run.Profile.Jobs), run.Profile.InFlight, "simulate: sleep 20ms");
        await run.Poison.SendAsync(run.Profile.Poison);
        await work;
        await load.FinishedAsync(run.Profile.Patience);
        run.System.Running.Select(running => running.Process.Id).Should().Equal(processes);
    });

    /// <summary>What was on the wire, in any order, changes nothing; nor does it half an hour later.</summary>
    public static Task RedeliveryAsync(ChaosRun run) => run.ThenHoldsAsync(async () =>
    {
        var load = run.NewLoad("trace");
        await load.SubmitAsync(run.Profile.InFlight, run.Profile.InFlight, "simulate: sleep 20ms");
        await load.FinishedAsync(run.Profile.Patience);
        (await run.Oracle.AtRestAsync()).Broken.Where(identity => identity.Count > 0).Should().BeEmpty();
        var before = await SnapshotAsync(run);
        var callbacks = run.Receiver.Received.Values.Sum(call => call.Times);
        var trace = run.Tap.Trace.TakeLast(run.Profile.Trace).ToList();
        trace.Should().HaveCountGreaterThan(run.Profile.InFlight * 10);

        for (var replay = 0; replay < run.Profile.Replays; replay++)
            await ReplayAsync(run, trace);
        await ClocksAsync(run, TimeSpan.FromMinutes(31));
        await ReplayAsync(run, trace);
        await ClocksAsync(run, TimeSpan.Zero);

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"== {trace.Count} messages, {run.Profile.Replays + 1} times again"));
        (await SnapshotAsync(run)).Should().Equal(before);
        run.Receiver.Received.Values.Sum(call => call.Times).Should().Be(callbacks);
    });

    /// <summary>Every message of every service waits by chance before it goes, each for itself.</summary>
    public static Task ShuffledAsync(ChaosRun run) => run.ThenHoldsAsync(async () =>
    {
        var most = (int)run.Profile.LongestDelay.TotalMilliseconds;
        foreach (var service in ChaosSystem.Services)
            run.System.Order(service, string.Create(CultureInfo.InvariantCulture, $"outbox.publish.before=delay:0-{most}:{run.Random.Next()};consume.ack.before=delay:0-{most / 10}:{run.Random.Next()}"));
        var load = run.NewLoad("shuffled");
        await load.SubmitAsync(run.Profile.ShuffledJobs, run.Profile.ShuffledJobs, "simulate: sleep 20ms");
        await load.FinishedAsync(run.Profile.Patience * 3);
        foreach (var service in ChaosSystem.Services)
            run.System.Order(service, "");
        await using var connection = await run.System.OpenAsync();
        await using var command = new NpgsqlCommand("select count(*) from gateway.jobs where status = 'Completed' and job_id = any(@jobs)", connection);
        command.Parameters.AddWithValue("jobs", load.Accepted.Values.ToArray());
        (await command.ExecuteScalarAsync()).Should().Be((long)run.Profile.ShuffledJobs);
    });

    private static async Task ReplayAsync(ChaosRun run, List<TappedMessage> trace)
    {
        var shuffled = trace.ToArray();
        run.Random.Shuffle(shuffled);
        await run.Tap.RepeatAsync(shuffled);
        (await run.Oracle.AtRestAsync(TimeSpan.FromMinutes(2))).Broken.Where(identity => identity.Count > 0).Should().BeEmpty();
    }

    /// <summary>One line per table: its rows without what only counts how often they were looked at.</summary>
    private static async Task<List<string>> SnapshotAsync(ChaosRun run)
    {
        await using var connection = await run.System.OpenAsync();
        var lines = new List<string>();
        foreach (var table in Kept)
        {
            await using var command = new NpgsqlCommand($"select count(*) || ' rows, ' || coalesce(md5(string_agg((to_jsonb(kept) - 'version')::text, '|' order by (to_jsonb(kept) - 'version')::text)), '-') from {table} kept", connection);
            lines.Add($"{table}: {await command.ExecuteScalarAsync()}");
        }

        return lines;
    }

    /// <summary>All services follow with their next sweep.</summary>
    private static async Task ClocksAsync(ChaosRun run, TimeSpan offset)
    {
        await using var connection = await run.System.OpenAsync();
        foreach (var schema in Schemas)
        {
            await using var command = new NpgsqlCommand($"insert into {schema}.clock_offset (value) values (@offset) on conflict (one) do update set value = excluded.value", connection);
            command.Parameters.AddWithValue("offset", offset);
            await command.ExecuteNonQueryAsync();
        }

        await Task.Delay(TimeSpan.FromSeconds(2));
    }
}
