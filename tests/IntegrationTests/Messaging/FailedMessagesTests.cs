using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using AwesomeAssertions;
using Orchestrator.Messaging;
using Orchestrator.TestServers;
using RabbitMQ.Client;

namespace Orchestrator.IntegrationTests.Messaging;

/// <summary>The Gateway as a process, real broker and database; a consumer on every other queue that fails as long as it is told to.</summary>
public sealed class FailedMessagesTests(GatewayWithFaults one) : IClassFixture<GatewayWithFaults>, IAsyncLifetime
{
    // What nobody should send, in ten ways.
    private static readonly byte[][] Malformed =
    [
        [],
        "not json"u8.ToArray(),
        "{\"messageType\": [\"urn:message:Orchestrator.Contracts.Steps:RunStep\"], \"message\": {"u8.ToArray(),
        "[1, 2, 3]"u8.ToArray(),
        "\"text\""u8.ToArray(),
        "null"u8.ToArray(),
        [0xff, 0xfe, 0x00, 0x80],
        "<xml/>"u8.ToArray(),
        "{\"messageType\": [\"urn:message:Nobody:Knows\"], \"message\": {}}"u8.ToArray(),
        Encoding.UTF8.GetBytes(new string('[', 200)),
    ];

    public async ValueTask InitializeAsync() => await one.PostAsync("/v1/failed/discard", new { all = true });

    public ValueTask DisposeAsync()
    {
        one.Faults.Broken = false;
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Ten_kinds_of_malformed_bodies_to_each_queue_are_listed_with_their_reason_and_discarded()
    {
        await using (var connection = await one.Vhost.ConnectAsync())
        await using (var channel = await connection.CreateChannelAsync())
        {
            foreach (var queue in Queues.All)
            {
                foreach (var body in Malformed)
                    await channel.BasicPublishAsync("", queue, mandatory: true, new BasicProperties { Type = "malformed" }, body);
            }
        }

        foreach (var queue in Queues.All)
        {
            var rows = await one.OpenAsync($"queue={queue}", Malformed.Length);
            rows.Should().OnlyContain(row => Text(row, "reason").Length > 0 && Text(row, "code") != "unexplained");
            rows.Select(row => row.GetProperty("body_bytes").GetInt32()).Should().BeEquivalentTo(Malformed.Select(body => body.Length));
            var decided = await one.PostAsync("/v1/failed/discard", new { queue });
            decided.GetProperty("decided").GetInt32().Should().Be(Malformed.Length);
            await Eventually.IsTrueAsync(async () => await one.Vhost.ReadyAsync(Queues.Failed(queue)) == 0, $"{queue}.failed is empty");
        }

        (await one.Vhost.ReadyAsync(Queues.Failed(Queues.FailedIndex))).Should().Be(0);
    }

    [Fact]
    public async Task A_message_whose_fault_is_gone_is_handled_after_a_requeue_with_its_id_trace_and_correlation()
    {
        var (message, correlation) = (Guid.NewGuid(), Guid.NewGuid());
        using var activity = new Activity("test").Start();
        one.Faults.Broken = true;
        await one.SendAsync(Queues.Budget, "fixed later", message, correlation);
        var row = (await one.OpenAsync($"queue={Queues.Budget}", 1))[0];

        one.Faults.Broken = false;
        var requeued = await one.PostAsync($"/v1/failed/{Text(row, "id")}/requeue", new { });

        Text(requeued, "state").Should().Be("requeued");
        requeued.TryGetProperty("note", out var note).Should().BeTrue();
        note.ValueKind.Should().Be(JsonValueKind.Null, "the copy was in the failed queue");
        await Eventually.IsTrueAsync(() => Task.FromResult(one.Faults.Handled.ContainsKey(message)), "the message is handled");
        one.Faults.Handled[message].Should().ContainSingle().Which.Should().Be((correlation, Text(row, "trace_id")));
        (await one.Vhost.ReadyAsync("budget.failed")).Should().Be(0);
    }

    [Fact]
    public async Task A_hundred_are_requeued_at_once_and_those_between_them_keep_their_order()
    {
        one.Faults.Broken = true;
        for (var number = 0; number < 100; number++)
        {
            await one.SendAsync(Queues.Pipeline, $"number {number}", Guid.NewGuid(), Guid.NewGuid());
            if (number % 2 == 0)
                await one.PublishAsync(Queues.Failed(Queues.Pipeline), Encoding.UTF8.GetBytes($"kept {number}"));
        }

        await one.OpenAsync($"queue={Queues.Pipeline}&code=fault", 100);
        one.Faults.Broken = false;
        var before = one.Faults.Handled.Count;
        var counted = await one.PostAsync("/v1/failed/requeue", new { queue = Queues.Pipeline, code = "fault", dry_run = true });
        var decided = await one.PostAsync("/v1/failed/requeue", new { queue = Queues.Pipeline, code = "fault" });

        counted.GetProperty("matched").GetInt32().Should().Be(100);
        decided.GetProperty("decided").GetInt32().Should().Be(100);
        await Eventually.IsTrueAsync(() => Task.FromResult(one.Faults.Handled.Count == before + 100), "a hundred are handled", TimeSpan.FromSeconds(60));
        await Eventually.IsTrueAsync(async () => (await one.GetAsync("/v1/failed?state=requeueing")).GetProperty("failed").GetArrayLength() == 0, "the copies are taken", TimeSpan.FromSeconds(60));
        (await one.Vhost.ReadyAsync("pipeline.failed")).Should().Be(50);
        for (var number = 0; number < 100; number += 2)
            Encoding.UTF8.GetString((await one.Vhost.TakeNextAsync("pipeline.failed", TimeSpan.FromSeconds(30))).Body.Span).Should().Be($"kept {number}");
        await one.PostAsync("/v1/failed/discard", new { queue = Queues.Pipeline });
    }

    [Fact]
    public async Task Of_two_operators_one_decides_and_both_may_work_on_one_queue()
    {
        one.Faults.Broken = true;
        var ids = Enumerable.Range(0, 20).Select(_ => Guid.NewGuid()).ToList();
        foreach (var id in ids)
            await one.SendAsync(Queues.Scheduler, "twice?", id, Guid.NewGuid());
        var rows = await one.OpenAsync($"queue={Queues.Scheduler}", ids.Count);
        one.Faults.Broken = false;

        var answers = await Task.WhenAll(rows.Concat(rows).Select(row => one.Http.PostAsync($"/v1/failed/{Text(row, "id")}/requeue", null)));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.Accepted).Should().Be(ids.Count);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict).Should().Be(ids.Count);
        await Eventually.IsTrueAsync(() => Task.FromResult(ids.TrueForAll(one.Faults.Handled.ContainsKey)), "all are handled", TimeSpan.FromSeconds(60));
        await Eventually.IsTrueAsync(async () => await one.Vhost.ReadyAsync("scheduler.failed") == 0, "no copy is left", TimeSpan.FromSeconds(60));
        ids.Should().OnlyContain(id => one.Faults.Handled[id].Count == 1);
    }

    [Fact]
    public async Task A_requeue_that_died_before_the_copy_was_taken_is_finished_under_the_same_id()
    {
        var message = Guid.NewGuid();
        one.Faults.Broken = true;
        await one.SendAsync(Queues.PlannerRunner, "crash", message, Guid.NewGuid());
        var row = (await one.OpenAsync($"queue={Queues.PlannerRunner}", 1))[0];
        one.Faults.Broken = false;
        // What a process leaves behind that died after the broker had the message: it is on its way, decided, its copy still there.
        await one.SendAsync(Queues.PlannerRunner, "crash", message, Guid.NewGuid());
        await one.ExecuteAsync($"update gateway.failed_messages set state = 'Requeueing', decided_by = 'token:dead', decided_at = now(), due_at = now() where id = {Text(row, "id")}");

        await Eventually.IsTrueAsync(async () => Text((await one.GetAsync($"/v1/failed/{Text(row, "id")}")).GetProperty("message"), "state") == "requeued", "it is finished", TimeSpan.FromSeconds(60));

        (await one.Vhost.ReadyAsync("planner-runner.failed")).Should().Be(0);
        await Eventually.IsTrueAsync(() => Task.FromResult(one.Faults.Handled.TryGetValue(message, out var handled) && handled.Count == 2), "both sends have the id by which an inbox knows them");
    }

    [Fact]
    public async Task What_the_broker_gave_up_is_indexed_as_such_and_can_be_discarded()
    {
        const string queue = Queues.ReviewerRunner;
        one.Faults.Broken = true;
        await using (var connection = await one.Vhost.ConnectAsync())
        await using (var channel = await connection.CreateChannelAsync())
        {
            // As the broker does it: the queue of a crashing consumer, its limit set by hand, with the same route.
            await channel.QueueDeclareAsync("crashing", durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?>
            {
                ["x-queue-type"] = "quorum",
                ["x-delivery-limit"] = 2,
                ["x-dead-letter-exchange"] = Queues.Failed(queue),
                ["x-dead-letter-strategy"] = "at-least-once",
                ["x-overflow"] = "reject-publish",
            });
            await channel.BasicPublishAsync("", "crashing", mandatory: true, new BasicProperties { MessageId = "crashes" }, "boom"u8.ToArray());
            await Eventually.IsTrueAsync(
                async () =>
                {
                    if (await channel.BasicGetAsync("crashing", autoAck: false) is { } taken)
                        await channel.BasicNackAsync(taken.DeliveryTag, multiple: false, requeue: true);
                    return await one.Vhost.ReadyAsync(Queues.Failed(queue)) == 1;
                },
                "the broker gave up");
        }

        var row = (await one.OpenAsync("code=delivery_limit", 1))[0];
        Text(row, "queue").Should().Be(queue);
        Text(row, "message_id").Should().Be("crashes");
        Text(await one.PostAsync($"/v1/failed/{Text(row, "id")}/discard", new { }), "state").Should().Be("discarded");
        (await one.Vhost.ReadyAsync(Queues.Failed(queue))).Should().Be(0);
    }

    [Fact]
    public async Task A_failed_queue_that_was_deleted_is_there_again_for_the_next_failure()
    {
        one.Faults.Broken = true;
        var before = one.Faults.Thrown;
        await one.Vhost.Management.DeleteAsync($"queues/{one.Vhost.Name}/implementer-runner.failed");

        await one.SendAsync(Queues.ImplementerRunner, "no loop", Guid.NewGuid(), Guid.NewGuid());

        var row = (await one.OpenAsync($"queue={Queues.ImplementerRunner}", 1))[0];
        await Eventually.IsTrueAsync(async () => await one.Vhost.ReadyAsync("implementer-runner.failed") == 1, "the copy is in the new queue");
        (one.Faults.Thrown - before).Should().Be(1, "it is moved at once");
        await one.PostAsync($"/v1/failed/{Text(row, "id")}/discard", new { });
    }

    [Fact]
    public async Task A_job_of_a_broker_user_that_is_requeued_is_still_that_users()
    {
        var user = $"ci-{one.Vhost.Name}";
        await using (var connection = await new ConnectionFactory { Uri = await one.Vhost.AddUserAsync(user) }.CreateConnectionAsync())
        await using (var channel = await connection.CreateChannelAsync())
            await channel.BasicPublishAsync("orchestrator.job-submitted", "", mandatory: true, new BasicProperties { UserId = user }, "{\"goal\": \"x\"}"u8.ToArray());
        var first = (await one.OpenAsync($"queue={Queues.GatewayIntake}", 1))[0];

        await one.PostAsync($"/v1/failed/{Text(first, "id")}/requeue", new { });

        var second = (await one.OpenAsync($"queue={Queues.GatewayIntake}", 1))[0];
        Text(second, "id").Should().NotBe(Text(first, "id"));
        Text(second, "message_id").Should().NotBeEmpty("a message without an id gets one, by which a second send is known");
        Text(first, "reason").Should().Contain($"'{user}' may not start jobs");
        Text(second, "reason").Should().Be(Text(first, "reason"));
    }

    private static string Text(JsonElement json, string field) => json.GetProperty(field).GetString()!;
}

/// <summary>What the consumers of the test do and did.</summary>
internal sealed class Faults
{
    private int _thrown;

    public volatile bool Broken;

    public int Thrown => _thrown;

    public ConcurrentDictionary<Guid, ConcurrentBag<(Guid? Correlation, string? Trace)>> Handled { get; } = [];

    public void Throw(string reason)
    {
        Interlocked.Increment(ref _thrown);
        throw new InvalidOperationException(reason);
    }
}
