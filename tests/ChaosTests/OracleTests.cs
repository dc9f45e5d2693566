using System.Diagnostics;
using AwesomeAssertions;
using Npgsql;
using Orchestrator.ChaosTests.Driving;
using Orchestrator.ChaosTests.Load;
using Orchestrator.ChaosTests.Oracle;
using Orchestrator.TestServers;
using RabbitMQ.Client;

namespace Orchestrator.ChaosTests;

/// <summary>An oracle that cannot say no proves nothing: each identity is broken by hand, and each means of keeping them is switched off.</summary>
[Collection(nameof(QuickChaos))]
public sealed class OracleTests(QuickChaos quick)
{
    private const string OneJob = "(select ctid from gateway.jobs where status in ('Completed', 'Failed', 'Cancelled') limit 1)";
    private const string OneLease = "(select ctid from runner.attempt_leases where state = 'finished' limit 1)";

    /// <summary>The identity, by a part of its name, and what breaks it.</summary>
    public static TheoryData<string, string> Broken => new()
    {
        { "accepted = terminal", $"delete from gateway.jobs where ctid = {OneJob}" },
        { "accepted = terminal", $"update gateway.jobs set status = 'Running' where ctid = {OneJob}" },
        { "the door's view", "update pipeline.runs set current_state = 'Failed' where ctid = (select ctid from pipeline.runs where current_state = 'Completed' limit 1)" },
        { "one accepted result", $"insert into runner.attempt_leases select (json_populate_record(lease, json_build_object('attempt', lease.attempt + 50, 'token', lease.token + 50))).* from runner.attempt_leases lease where ctid = {OneLease}" },
        { "one accepted result", $"delete from runner.attempt_leases where ctid = {OneLease}" },
        { "no launch is left", $"update runner.attempt_leases set state = 'running' where ctid = {OneLease}" },
        { "reserved = settled", "alter table budget.ledger disable trigger user; update budget.ledger set micro_usd = micro_usd + 1 where ctid = (select ctid from budget.ledger where kind = 'settled' limit 1)" },
        { "reserved = settled", "update budget.reservations set state = 'open' where ctid = (select ctid from budget.reservations limit 1)" },
        { "every launch has a charge", "delete from budget.reservations where ctid = (select ctid from budget.reservations limit 1)" },
        { "re-launches", $"insert into runner.attempt_leases select (json_populate_record(lease, json_build_object('attempt', lease.attempt + number, 'token', lease.token + number, 'state', 'lost'))).* from runner.attempt_leases lease, generate_series(1, 2000) number where lease.ctid = {OneLease}" },
        { "the outboxes", "insert into pipeline.outbox (message_id, destination, body, envelope, due_at) values (gen_random_uuid(), 'x', '{}', '{}', now())" },
        { "came twice", "delete from pipeline.inbox; delete from budget.inbox; delete from gateway.inbox" },
        { "indexed with its reason", "update gateway.failed_messages set reason = ''" },
        { "indexed with its reason", "delete from gateway.failed_messages where ctid = (select ctid from gateway.failed_messages where queue <> 'jobs.failed' limit 1)" },
        { "unique ids = terminal jobs", $"update gateway.jobs set callback_url = null where ctid = {OneJob}" },
        { "recorded SHA-256", $"update gateway.jobs set document_sha256 = 'f' where ctid = {OneJob}" },
        { "no planted secret", $"update gateway.jobs set goal = '{ChaosSystem.Canaries[0]}' where ctid = {OneJob}" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task An_identity_that_is_broken_in_the_database_is_red(string identity, string sql)
    {
        await WholeAsync();
        await using var connection = await quick.Run.System.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var command = new NpgsqlCommand(sql, connection, transaction))
            await command.ExecuteNonQueryAsync();

        var verdict = await quick.Run.Oracle.JudgeAsync(connection);

        Red(verdict).Should().Contain(name => name.Contains(identity, StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task A_file_process_mount_or_message_that_should_not_be_there_is_red()
    {
        var run = await WholeAsync();
        await RedWhileAsync("no temporary file", () => TouchAsync(Path.Combine(run.System.Artifacts, ".tmp-left")), File.Delete);
        await RedWhileAsync("recorded SHA-256", () => AddAsync(Directory.EnumerateFiles(run.System.Artifacts, "report.md", SearchOption.AllDirectories).First(file => file.Contains("/.attempts/", StringComparison.Ordinal))), Cut);
        await RedWhileAsync("no work folder", () => Task.FromResult(Directory.CreateDirectory(Path.Combine(Directory.EnumerateDirectories(Path.Combine(run.System.Folder.FullName, "work", "a")).First(), "left")).FullName), Directory.Delete);
        await RedWhileAsync("no planted secret", () => TouchAsync(Path.Combine(run.System.Logs, "leak.log"), ChaosSystem.Canaries[1]), File.Delete);
        await RedWhileAsync("no orphan process", () => Task.FromResult(Process.Start(new ProcessStartInfo("sleep", "60") { Environment = { ["LEFT"] = run.System.Folder.FullName } })!), process => process.Kill());
        await RedWhileAsync("<queue>.failed", async () => await PublishAsync("pipeline.failed"), queue => run.System.Vhost.TakeNextAsync(queue).GetAwaiter().GetResult());
        FileIdentities.Mounts(run.System, [$"31 29 0:27 / {run.System.Folder.FullName}/work/a rw"]).Broken.Should().ContainSingle();
    }

    [Fact]
    public void Of_no_cases_nothing_is_shown()
    {
        new Identity("n", 0, []).Holds.Should().BeFalse();
        new Identity("n", 1, []).Holds.Should().BeTrue();
        new Identity("n", 1, ["it is not"]).Holds.Should().BeFalse();
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Without_an_inbox_a_copy_is_not_known()
    {
        var run = await WholeAsync();
        await SqlAsync("""
            create function pipeline.forget() returns trigger language plpgsql as $$ begin delete from pipeline.inbox where message_id = new.message_id; return null; end $$;
            create trigger no_inbox after insert on pipeline.inbox for each row execute function pipeline.forget();
            """);
        await using var tap = await MessageTap.OpenAsync(run.System, "no-inbox");
        try
        {
            await FinishOneAsync("no-inbox");
            await tap.RepeatAsync(tap.Trace.Where(message => message.Queue == "pipeline"));

            (await JudgeAsync(run, tap)).Should().Contain(name => name.Contains("came twice", StringComparison.Ordinal));
        }
        finally
        {
            await SqlAsync("drop trigger no_inbox on pipeline.inbox; drop function pipeline.forget()");
        }
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Without_an_outbox_a_crash_after_the_commit_loses_the_job()
    {
        var run = await WholeAsync();
        await SqlAsync("""
            create function gateway.lose() returns trigger language plpgsql as $$ begin delete from gateway.outbox where message_id = new.message_id; return new; end $$;
            create trigger no_outbox after insert on gateway.outbox for each row execute function gateway.lose();
            """);
        var client = new JobLoad(run.System, run.Receiver, "no-outbox");
        var key = $"no-outbox-{Guid.NewGuid():N}";
        try
        {
            run.System.Order("Gateway", "outbox.commit.after=crash@1");
            var submission = client.SubmitOneAsync(key, "simulate: sleep 20ms");
            await Eventually.IsTrueAsync(() => Task.FromResult(run.System.Of("Gateway").Process.HasEnded), "the door has crashed");
            run.System.Order("Gateway", "");
            await run.System.KillAsync("Gateway");
            await run.System.ReadyAsync();
            await submission;

            (await JudgeAsync(run, run.Tap)).Should().Contain(name => name.Contains("accepted = terminal", StringComparison.Ordinal));
        }
        finally
        {
            await SqlAsync($"drop trigger no_outbox on gateway.outbox; drop function gateway.lose(); delete from gateway.jobs where idempotency_key = '{key}'");
        }
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Without_fencing_a_late_writer_makes_a_second_result()
    {
        var run = await WholeAsync();
        await SqlAsync("""
            create function runner.forgive() returns trigger language plpgsql as $$
              begin if new.state = 'lost' then new.state := 'running'; new.lease_until := 'infinity'; end if; return new; end $$;
            create trigger no_fencing before update on runner.attempt_leases for each row execute function runner.forgive();
            """);
        try
        {
            var load = run.NewLoad("no-fencing");
            // It stands still when its agent is done and the artifacts are being written: told to end, it would end before that, and then nothing is wrong.
            run.System.Order("PlannerRunner", "artifact.rename.before=delay:1500-1500");
            await load.SubmitOneAsync($"no-fencing-{Guid.NewGuid():N}", "simulate: noop");
            var late = run.System.Of("PlannerRunner").Process.Id;
            await Eventually.IsTrueAsync(async () => await HeldAsync(late, "lease_until < 'infinity'") > 0, "the planner holds a lease", TimeSpan.FromMinutes(1));
            await Task.Delay(TimeSpan.FromSeconds(2));
            run.Evidence.LostRunners++;
            Signals.Send(late, Signals.Stop);
            await Eventually.IsTrueAsync(async () => await HeldAsync(late, "lease_until = 'infinity'") > 0, "others would have taken it", TimeSpan.FromMinutes(1));
            run.System.Order("PlannerRunner", "");
            Signals.Send(late, Signals.Continue);
            await load.FinishedAsync(TimeSpan.FromMinutes(2));

            (await JudgeAsync(run, run.Tap)).Should().Contain(name => name.Contains("one accepted result", StringComparison.Ordinal));
        }
        finally
        {
            await SqlAsync("drop trigger no_fencing on runner.attempt_leases; drop function runner.forgive()");
            // The later one is the one that counted.
            await SqlAsync("delete from runner.attempt_leases early using runner.attempt_leases later where early.state = 'finished' and later.state = 'finished' and early.pipeline_id = later.pipeline_id and early.step_id = later.step_id and early.visit = later.visit and early.token < later.token");
        }
    }

    /// <summary>The system at rest, with something of everything behind it.</summary>
    private async Task<ChaosRun> WholeAsync()
    {
        var run = quick.Run;
        if (run.Evidence.Loads.Count == 0)
        {
            await run.ThenHoldsAsync(async () =>
            {
                var load = run.NewLoad("first");
                await load.SubmitAsync(4, 4, "simulate: cost 700\nsimulate: sleep 20ms");
                await load.FinishedAsync(TimeSpan.FromMinutes(2));
            });
        }

        return run;
    }

    private async Task FinishOneAsync(string name)
    {
        var load = quick.Run.NewLoad(name);
        await load.SubmitAsync(1, 1, "simulate: sleep 20ms");
        await load.FinishedAsync(TimeSpan.FromMinutes(1));
    }

    private static async Task<List<string>> JudgeAsync(ChaosRun run, MessageTap tap)
    {
        var evidence = new Evidence(run.System, run.Receiver, tap, run.Poison) { LostRunners = run.Evidence.LostRunners };
        evidence.Loads.AddRange(run.Evidence.Loads);
        return Red(await new InvariantOracle(evidence).AtRestAsync(TimeSpan.FromSeconds(8)));
    }

    private async Task RedWhileAsync<T>(string identity, Func<Task<T>> make, Action<T> undo)
    {
        var made = await make();
        try
        {
            await using var connection = await quick.Run.System.OpenAsync();
            Red(await quick.Run.Oracle.JudgeAsync(connection)).Should().Contain(name => name.Contains(identity, StringComparison.Ordinal));
        }
        finally
        {
            undo(made);
        }
    }

    private async Task<string> PublishAsync(string queue)
    {
        await using var connection = await quick.Run.System.Vhost.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        await channel.BasicPublishAsync("", queue, mandatory: true, new BasicProperties(), "{}"u8.ToArray());
        return queue;
    }

    private async Task SqlAsync(string sql)
    {
        await using var connection = await quick.Run.System.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<long> HeldAsync(int process, string condition)
    {
        await using var connection = await quick.Run.System.OpenAsync();
        await using var command = new NpgsqlCommand($"select count(*) from runner.attempt_leases where state = 'running' and owner like '%:{process}:%' and {condition}", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static List<string> Red(Verdict verdict) => [.. verdict.Broken.Select(identity => identity.Name)];

    private static async Task<string> TouchAsync(string file, string text = "")
    {
        await File.WriteAllTextAsync(file, text);
        return file;
    }

    private static async Task<string> AddAsync(string file)
    {
        await File.AppendAllTextAsync(file, "x");
        return file;
    }

    private static void Cut(string file)
    {
        using var stream = File.OpenWrite(file);
        stream.SetLength(stream.Length - 1);
    }
}
