using System.Net;
using System.Text.Json;
using AwesomeAssertions;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Messaging;
using Orchestrator.Messaging.PublicExchanges;

namespace Orchestrator.UnitTests.Gateway.FailedQueues;

/// <summary>Failed messages as <c>orch dev</c> has them: in-memory bus and SQLite.</summary>
public sealed class FailedMessagesTests(GatewayHost gateway) : IClassFixture<GatewayHost>
{
    [Fact]
    public async Task A_message_that_fails_again_after_a_requeue_is_a_new_failure_of_the_same_message()
    {
        var first = await FailAsync("{ one");

        using var requeued = await gateway.Admin.PostAsync($"/v1/failed/{first.Text("id")}/requeue", null);

        requeued.StatusCode.Should().Be(HttpStatusCode.Accepted, await requeued.Content.ReadAsStringAsync());
        (await requeued.JsonAsync()).Text("state").Should().Be("requeued");
        var second = await FoundAsync(row => row.Text("message_id") == first.Text("message_id"));
        second.Text("id").Should().NotBe(first.Text("id"));
        second.Text("state").Should().Be("open");
        await (await gateway.Admin.PostAsync($"/v1/failed/{first.Text("id")}/discard", null)).ProblemAsync(HttpStatusCode.Conflict, "already_decided");
        (await gateway.QueryAsync(db => db.Audit.CountAsync(row => row.Action == "failed.requeue" && row.Actor == "token:admin" && row.Result.StartsWith($"1: {first.Text("id")} of gateway-intake")))).Should().Be(1);
    }

    [Fact]
    public async Task A_failed_message_is_shown_with_headers_and_body_until_it_is_discarded()
    {
        var failed = await FailAsync("{ two");

        var shown = await (await gateway.Admin.GetAsync($"/v1/failed/{failed.Text("id")}")).JsonAsync();
        using var discarded = await gateway.Admin.PostAsync($"/v1/failed/{failed.Text("id")}/discard", null);

        shown.Text("body").Should().Be("{ two");
        shown.Text("body_encoding").Should().Be("text");
        shown.GetProperty("message").Text("code").Should().Be("rejected");
        shown.GetProperty("message").Text("reason").Should().Contain("invalid_json");
        shown.GetProperty("properties").GetProperty("Headers").EnumerateObject().Select(header => header.Name).Should().Contain("MT-Fault-InputAddress");
        (await discarded.JsonAsync()).Text("state").Should().Be("discarded");
        (await ListAsync("")).Should().NotContain(row => row.Text("id") == failed.Text("id"));
        (await ListAsync("?state=discarded&limit=200")).Should().Contain(row => row.Text("id") == failed.Text("id"));
    }

    [Fact]
    public async Task Many_are_counted_before_they_are_decided_and_all_must_be_said()
    {
        await FailAsync("{ three");

        using var nothing = await gateway.Admin.PostAsync("/v1/failed/discard", Answers.Body("{}"));
        using var counted = await gateway.Admin.PostAsync("/v1/failed/discard", Answers.Body("""{"queue": "gateway-intake", "code": "rejected", "dry_run": true}"""));
        using var none = await gateway.Admin.PostAsync("/v1/failed/discard", Answers.Body("""{"queue": "budget"}"""));

        await nothing.ProblemAsync(HttpStatusCode.BadRequest, "invalid_query");
        await (await gateway.Admin.GetAsync("/v1/failed?job=a%00b")).ProblemAsync(HttpStatusCode.BadRequest, "invalid_query");
        (await counted.JsonAsync()).GetProperty("matched").GetInt32().Should().BePositive();
        (await counted.JsonAsync()).GetProperty("decided").GetInt32().Should().Be(0);
        (await none.JsonAsync()).GetProperty("matched").GetInt32().Should().Be(0);
    }

    [Theory]
    [InlineData("?state=lost", "state")]
    [InlineData("?since=yesterday", "since")]
    [InlineData("?cursor=x", "cursor")]
    public async Task A_wrong_filter_is_named(string query, string field)
    {
        var problem = await (await gateway.Admin.GetAsync($"/v1/failed{query}")).ProblemAsync(HttpStatusCode.BadRequest, "invalid_query");

        problem.GetProperty("errors").TryGetProperty(field, out _).Should().BeTrue();
        await (await gateway.Admin.GetAsync("/v1/failed/nonsense")).ProblemAsync(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task The_copy_of_a_failed_job_waits_for_a_person_and_goes_when_the_job_goes_on()
    {
        var (job, copy) = await FailedJobAsync();

        copy.Text("code").Should().Be("timeout");
        copy.Text("reason").Should().Be("It took too long.");
        using var requeued = await gateway.Admin.PostAsync($"/v1/failed/{copy.Text("id")}/requeue", null);

        requeued.StatusCode.Should().Be(HttpStatusCode.Accepted, await requeued.Content.ReadAsStringAsync());
        await GatewayHost.UntilAsync(async () => (await ListAsync("?state=requeued&limit=200")).Any(row => row.Text("id") == copy.Text("id") && row.Text("decided_by") == "token:admin"));
        var retried = await gateway.JobAsync(job);
        retried.GetProperty("run").GetInt32().Should().Be(2);
        retried.Text("status").Should().Be("queued");
    }

    [Fact]
    public async Task A_retry_by_the_verb_of_the_job_lets_the_copy_go_and_a_requeue_of_all_leaves_failed_jobs_alone()
    {
        var (job, copy) = await FailedJobAsync();

        using var all = await gateway.Admin.PostAsync("/v1/failed/requeue", Answers.Body($$"""{"job": "{{job}}"}"""));
        using var retry = await gateway.Admin.PostAsync($"/v1/jobs/{job}/retry", null);

        (await all.JsonAsync()).GetProperty("matched").GetInt32().Should().Be(0);
        retry.StatusCode.Should().Be(HttpStatusCode.Accepted);
        await GatewayHost.UntilAsync(async () => (await ListAsync("?state=requeued&limit=200")).Any(row => row.Text("id") == copy.Text("id")));
    }

    private async Task<(string Job, JsonElement Copy)> FailedJobAsync()
    {
        var job = await gateway.SubmitAsync(new { goal = "Fail." });
        var now = TimeProvider.System.GetUtcNow();
        var outcome = new JobOutcome { ErrorCode = "timeout", ErrorMessage = "It took too long.", StartedAt = now, FinishedAt = now };
        await gateway.PublishAsync(new JobFailed(await gateway.PipelineIdAsync(job), job, 1, outcome));
        return (job, await FoundAsync(row => row.Text("queue") == Queues.FailedJobs && row.Text("job_id") == job));
    }

    private async Task<JsonElement> FailAsync(string body)
    {
        var id = Guid.NewGuid();
        await gateway.WithAsync<IBus, bool>(async bus =>
        {
            await (await bus.GetSendEndpoint(Queues.Address(Queues.GatewayIntake))).Send(new PublicEvent(body), context => context.MessageId = id);
            return true;
        });
        return await FoundAsync(row => row.Text("message_id") == id.ToString());
    }

    private async Task<JsonElement> FoundAsync(Func<JsonElement, bool> wanted)
    {
        JsonElement found = default;
        await GatewayHost.UntilAsync(async () =>
        {
            found = (await ListAsync("?limit=200")).FirstOrDefault(wanted);
            return found.ValueKind == JsonValueKind.Object;
        });
        return found;
    }

    private async Task<List<JsonElement>> ListAsync(string query) =>
        [.. (await (await gateway.Admin.GetAsync($"/v1/failed{query}")).JsonAsync()).GetProperty("failed").EnumerateArray()];
}
