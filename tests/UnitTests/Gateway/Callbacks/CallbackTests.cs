using System.Diagnostics;
using System.Net;
using System.Text;
using AwesomeAssertions;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;
using Orchestrator.Gateway.Callbacks;

namespace Orchestrator.UnitTests.Gateway.Callbacks;

public sealed class CallbackTests
{
    private static readonly (string, string)[] Fast =
    [
        ("Gateway:Callbacks:AllowedNetworks:0", "127.0.0.1/32"),
        ("Gateway:Callbacks:FirstRetry", "00:00:00.2"),
        ("Gateway:Callbacks:SweepInterval", "00:00:00.1"),
        ("Gateway:Callbacks:Timeout", "00:00:02"),
    ];

    [Fact]
    public async Task Every_terminal_state_is_told_once_with_the_result()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var gateway = await GatewayHost.StartAsync(Fast);
        foreach (var state in (string[])["completed", "failed", "cancelled"])
            await EndAsync(gateway, await SubmitAsync(gateway, receiver.Url("/" + state)), state);

        var calls = await receiver.TakeAsync(3);

        calls.Select(call => call.Path).Should().BeEquivalentTo("/completed", "/failed", "/cancelled");
        foreach (var call in calls)
        {
            var state = call.Path[1..];
            call.Headers["Content-Type"].Should().StartWith("application/cloudevents+json");
            call.Headers["webhook-id"].Should().Be(call.Json.Text("id"));
            call.Headers.Should().ContainKey("webhook-timestamp");
            call.Json.Text("specversion").Should().Be("1.0");
            call.Json.Text("type").Should().Be($"orchestrator.job-{state}");
            call.Json.GetProperty("data").Text("status").Should().Be(state);
            call.Json.GetProperty("data").Text("job_id").Should().Be(call.Json.Text("subject"));
            await GatewayHost.UntilAsync(async () => (await gateway.JobAsync(call.Json.Text("subject"))).GetProperty("callback").Text("status") == "delivered");
        }
    }

    [Fact]
    public async Task A_receiver_that_fails_is_tried_again_with_growing_pauses_under_the_same_id()
    {
        var failures = 0;
        await using var receiver = await Receiver.StartAsync(() => ++failures <= 4 ? 503 : 204);
        await using var gateway = await GatewayHost.StartAsync(Fast);
        var id = await SubmitAsync(gateway, receiver.Url("/"));

        await EndAsync(gateway, id, "completed");
        var calls = await receiver.TakeAsync(5);

        calls.Select(call => call.Headers["webhook-id"]).Distinct().Should().ContainSingle();
        calls.Select(call => call.Body).Distinct().Should().ContainSingle();
        var pauses = calls.Zip(calls.Skip(1), (before, after) => after.At - before.At).ToList();
        pauses[3].Should().BeGreaterThan(pauses[0]).And.BeGreaterThan(TimeSpan.FromSeconds(1.5), "0.2 s was doubled three times");
        await GatewayHost.UntilAsync(async () => (await gateway.JobAsync(id)).GetProperty("callback").GetProperty("attempts").GetInt32() == 5);
    }

    [Fact]
    public async Task A_result_on_its_way_survives_a_restart()
    {
        var up = false;
        await using var receiver = await Receiver.StartAsync(() => up ? 200 : 500);
        await using var gateway = await GatewayHost.StartAsync(Fast);
        var id = await SubmitAsync(gateway, receiver.Url("/"));
        await EndAsync(gateway, id, "failed");
        var before = await receiver.TakeAsync(1);

        await gateway.RestartAsync();
        up = true;

        await GatewayHost.UntilAsync(async () => (await gateway.JobAsync(id)).GetProperty("callback").Text("status") == "delivered");
        receiver.Calls.Select(call => call.Headers["webhook-id"]).Distinct().Should().Equal(before[0].Headers["webhook-id"]);
    }

    [Fact]
    public async Task A_slow_receiver_with_a_long_queue_holds_up_nobody_else_and_a_fast_one_gets_many_at_once()
    {
        await using var slow = await Receiver.StartAsync(hang: true);
        await using var fast = await Receiver.StartAsync();
        await using var gateway = await GatewayHost.StartAsync([.. Fast, ("Gateway:Callbacks:Timeout", "00:00:10")]);
        await gateway.QueryAsync(async db =>
        {
            db.Callbacks.AddRange(Enumerable.Range(0, 150).Select(i => Row(slow.Url("/"), i)));
            await db.SaveChangesAsync();
            db.Callbacks.AddRange(Enumerable.Range(150, 100).Select(i => Row(fast.Url("/"), i)));
            return await db.SaveChangesAsync();
        });
        var watch = Stopwatch.StartNew();

        await fast.TakeAsync(100);

        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(9), "less than one try at the slow receiver takes");
        fast.Calls.Select(call => call.Headers["webhook-id"]).Distinct().Should().HaveCount(100);
        slow.Open.Should().BeInRange(1, 4);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var target = await Receiver.StartAsync();
        await using var receiver = await Receiver.StartAsync(() => 307, redirect: target.Url("/inside"));
        await using var gateway = await GatewayHost.StartAsync(Fast);
        var id = await SubmitAsync(gateway, receiver.Url("/"));

        await EndAsync(gateway, id, "completed");
        await receiver.TakeAsync(2);

        target.Calls.Should().BeEmpty();
        (await gateway.JobAsync(id)).GetProperty("callback").Text("last_error").Should().Contain("307");
    }

    [Fact]
    public async Task A_name_that_leads_inside_is_found_out_at_the_connection()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var gateway = await GatewayHost.StartAsync([.. Fast.Skip(1)]);
        // The name of this machine stands for an address that nobody outside reaches.
        var id = await SubmitAsync(gateway, receiver.Url("/").Replace("127.0.0.1", Dns.GetHostName(), StringComparison.Ordinal));

        await EndAsync(gateway, id, "completed");

        await GatewayHost.UntilAsync(async () => (await gateway.JobAsync(id)).GetProperty("callback").GetProperty("attempts").GetInt32() >= 1);
        (await gateway.JobAsync(id)).GetProperty("callback").Text("last_error").Should().Contain("is not a public address");
        receiver.Calls.Should().BeEmpty();
    }

    private static Task<string> SubmitAsync(GatewayHost gateway, string url) => gateway.SubmitAsync(new { goal = "Call back.", callback_url = url });

    private static async Task EndAsync(GatewayHost gateway, string id, string state)
    {
        var result = $$"""{"job_id": "{{id}}", "status": "{{state}}"}""";
        await gateway.WriteArtifactAsync(id, "result.json", result);
        var now = TimeProvider.System.GetUtcNow();
        var outcome = new JobOutcome
        {
            Summary = state,
            StartedAt = now,
            FinishedAt = now,
            Files = new Dictionary<string, DocumentReference> { ["result.json"] = new($"{id}/result.json", Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(result)))) },
        };
        var pipeline = await gateway.PipelineIdAsync(id);
        Func<System.Text.Json.JsonElement, bool> shown = job => job.Text("status") == state;
        await (state switch
        {
            "completed" => gateway.TellAsync(new JobCompleted(pipeline, id, 1, outcome), id, shown),
            "failed" => gateway.TellAsync(new JobFailed(pipeline, id, 1, outcome), id, shown),
            _ => gateway.TellAsync(new JobCancelled(pipeline, id, 1, outcome), id, shown),
        });
    }

    private static CallbackRow Row(string url, int number)
    {
        var now = TimeProvider.System.GetUtcNow();
        return new CallbackRow { PipelineId = Guid.NewGuid(), JobId = $"job-{number:0000}", Run = 1, WebhookId = $"msg_{number}", Url = url, Receiver = new Uri(url).Authority, Body = "{}", CreatedAt = now, DueAt = now };
    }
}
