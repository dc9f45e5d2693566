using System.Diagnostics;
using System.Net;
using AwesomeAssertions;
using Orchestrator.Contracts.Jobs;

namespace Orchestrator.UnitTests.Gateway.Streams;

public sealed class EventStreamTests(GatewayHost gateway) : IClassFixture<GatewayHost>
{
    [Fact]
    public async Task A_stream_tells_what_was_and_what_comes_and_ends_with_the_job()
    {
        var id = await gateway.SubmitAsync(new { goal = "Stream." });
        using var stream = await SseClient.OpenAsync(gateway.Admin, $"/v1/jobs/{id}/events");
        (await stream.NextAsync()).Should().BeEquivalentTo(new { Id = "1", Type = "job_accepted" });

        await gateway.PublishAsync(new JobStarted(await gateway.PipelineIdAsync(id), id, 1, TimeProvider.System.GetUtcNow()));
        var started = await stream.NextAsync();
        await gateway.FinishAsync(id);
        var ended = await stream.NextAsync();

        started.Should().BeEquivalentTo(new { Id = "2", Type = "job_started" });
        started!.Json.GetProperty("sequence").GetInt32().Should().Be(2);
        started.Json.Text("job_id").Should().Be(id);
        ended.Should().BeEquivalentTo(new { Id = "3", Type = "job_completed" });
        ended!.Json.Text("summary").Should().Be("Done.");
        (await stream.NextAsync()).Should().BeNull("a terminal event is the last");
        stream.Answer.Content.Headers.ContentType!.MediaType.Should().Be("text/event-stream");
        stream.Answer.Headers.CacheControl!.NoStore.Should().BeTrue();
    }

    [Theory]
    [InlineData("?since=1", null)]
    [InlineData("", "1")]
    [InlineData("?since=1", "0")]
    public async Task A_client_that_comes_back_goes_on_behind_the_last_event_that_it_saw(string query, string? lastEventId)
    {
        var id = await FinishedAsync();

        using var stream = await SseClient.OpenAsync(gateway.Admin, $"/v1/jobs/{id}/events{query}", lastEventId);

        (await stream.NextAsync())!.Id.Should().Be("2");
        (await stream.NextAsync())!.Type.Should().Be("job_completed");
        (await stream.NextAsync()).Should().BeNull();
    }

    [Fact]
    public async Task A_client_that_saw_everything_of_a_finished_job_gets_an_end_and_not_a_wait()
    {
        var id = await FinishedAsync();

        using var stream = await SseClient.OpenAsync(gateway.Admin, $"/v1/jobs/{id}/events?since=3");

        (await stream.NextAsync()).Should().BeNull();
    }

    [Fact]
    public async Task A_quiet_stream_sends_its_headers_at_once_and_comments_now_and_then()
    {
        var id = await gateway.SubmitAsync(new { goal = "Silence." });

        using var stream = await SseClient.OpenAsync(gateway.Admin, $"/v1/jobs/{id}/events?since=1");

        await stream.CommentAsync();
        await stream.CommentAsync();
    }

    [Fact]
    public async Task A_place_to_go_on_from_that_is_no_number_is_refused()
    {
        var id = await gateway.SubmitAsync(new { goal = "x" });

        using var answer = await gateway.Admin.GetAsync($"/v1/jobs/{id}/events?since=yesterday");

        (await answer.ProblemAsync(HttpStatusCode.BadRequest, "invalid_query")).GetProperty("errors").TryGetProperty("since", out _).Should().BeTrue();
    }

    [Fact]
    public async Task An_open_stream_does_not_hold_up_the_stop_of_the_service()
    {
        await using var own = await GatewayHost.StartAsync();
        var id = await own.SubmitAsync(new { goal = "Stay open." });
        using var client = own.Client(GatewayHost.AdminToken);
        using var events = await SseClient.OpenAsync(client, $"/v1/jobs/{id}/events");
        using var logs = await SseClient.OpenAsync(client, $"/v1/jobs/{id}/steps/01_plan/logs");
        await events.NextAsync();
        var watch = Stopwatch.StartNew();

        await own.StopAsync();

        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(10));
        (await events.NextAsync()).Should().BeNull();
        own.Log.All.Should().NotContain(line => line.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
    }

    private async Task<string> FinishedAsync()
    {
        var id = await gateway.SubmitAsync(new { goal = "Replay." });
        await gateway.TellAsync(new JobStarted(await gateway.PipelineIdAsync(id), id, 1, TimeProvider.System.GetUtcNow()), id, job => job.Text("status") == "running");
        await gateway.FinishAsync(id);
        return id;
    }
}
