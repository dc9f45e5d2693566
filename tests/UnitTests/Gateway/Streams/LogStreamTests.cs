using System.Net;
using System.Text;
using AwesomeAssertions;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.UnitTests.Gateway.Streams;

public sealed class LogStreamTests(GatewayHost gateway) : IClassFixture<GatewayHost>
{
    [Fact]
    public async Task Text_is_what_there_is_from_line_one_or_from_any_byte_on()
    {
        var (id, launch) = await RunningAsync();
        await gateway.AppendLogAsync(launch, "line one\nzwei ä\n");

        (await gateway.Admin.GetStringAsync(Path(id))).Should().Be("line one\nzwei ä\n");
        (await gateway.Admin.GetStringAsync($"{Path(id)}?since=9")).Should().Be("zwei ä\n");
        (await gateway.Admin.GetStringAsync($"{Path(id)}?since=9999")).Should().BeEmpty();
        using var answer = await gateway.Admin.GetAsync(Path(id));
        answer.Content.Headers.ContentType!.ToString().Should().Be("text/plain; charset=utf-8");
        answer.Headers.GetValues("X-Content-Type-Options").Should().Equal("nosniff");
    }

    [Fact]
    public async Task Following_begins_with_line_one_and_ends_with_the_step()
    {
        var (id, launch) = await RunningAsync();
        await gateway.AppendLogAsync(launch, "first\n");
        using var answer = await gateway.Admin.GetAsync($"{Path(id)}?follow=true", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        (await reader.ReadLineAsync()).Should().Be("first");

        await gateway.AppendLogAsync(launch, "second\n");
        (await reader.ReadLineAsync()).Should().Be("second");
        await gateway.AppendLogAsync(launch, "last\n");
        await FinishAsync(id, launch);

        (await reader.ReadToEndAsync()).Should().Be("last\n");
    }

    [Fact]
    public async Task Events_carry_whole_characters_and_the_byte_behind_them_to_go_on_from()
    {
        var (id, launch) = await RunningAsync();
        var text = string.Concat(Enumerable.Repeat("ä€😀", 10_000));
        await gateway.AppendLogAsync(launch, text);
        await FinishAsync(id, launch);

        var (first, id1) = await ReadAsync($"{Path(id)}", null, most: 1);
        var (rest, last) = await ReadAsync($"{Path(id)}", id1);

        (first + rest).Should().Be(text);
        id1.Should().Be($"1:{Encoding.UTF8.GetByteCount(first)}");
        last.Should().Be($"1:{Encoding.UTF8.GetByteCount(text)}");
    }

    [Fact]
    public async Task A_quiet_event_stream_comments_and_a_new_attempt_starts_from_its_own_first_line()
    {
        var (id, launch) = await RunningAsync();
        using var stream = await SseClient.OpenAsync(gateway.Admin, Path(id));
        await stream.CommentAsync();
        await gateway.AppendLogAsync(launch, "attempt one\n");
        (await stream.NextAsync())!.Json.Text("text").Should().Be("attempt one\n");

        var again = launch with { Attempt = 2, Token = 2 };
        await gateway.AppendLogAsync(again, "two\n");
        await gateway.PublishAsync(new StepStarted(again, StepRole.Planner, "simulated", "r", TimeProvider.System.GetUtcNow()));

        (await stream.NextAsync())!.Json.Text("text").Should().Be("two\n");
    }

    [Theory]
    [InlineData("1:12")]
    [InlineData("1:9999")]
    [InlineData("12")]
    [InlineData("no id")]
    public async Task Who_comes_back_to_a_newer_attempt_misses_nothing_of_it(string lastSeen)
    {
        var (id, launch) = await RunningAsync();
        await gateway.AppendLogAsync(launch, "attempt one\n");
        var again = launch with { Attempt = 2, Token = 2 };
        await gateway.AppendLogAsync(again, "attempt two, line one\nline two\n");
        await gateway.TellAsync(new StepStarted(again, StepRole.Planner, "simulated", "r", TimeProvider.System.GetUtcNow()), id, job => job.GetProperty("steps")[0].GetProperty("attempt").GetInt32() == 2);
        await FinishAsync(id, again);

        var (text, last) = await ReadAsync(Path(id), lastSeen);

        text.Should().Be("attempt two, line one\nline two\n");
        last.Should().Be("2:31");
    }

    [Fact]
    public async Task An_unknown_step_and_a_negative_offset_are_refused()
    {
        var (id, _) = await RunningAsync();

        await (await gateway.Admin.GetAsync($"/v1/jobs/{id}/steps/nothing/logs")).ProblemAsync(HttpStatusCode.NotFound, "not_found");
        await (await gateway.Admin.GetAsync($"{Path(id)}?since=-1")).ProblemAsync(HttpStatusCode.BadRequest, "invalid_query");
        await (await gateway.Admin.GetAsync($"{Path(id)}?follow=maybe")).ProblemAsync(HttpStatusCode.BadRequest, "invalid_query");
    }

    private static string Path(string id) => $"/v1/jobs/{id}/steps/01_plan/logs";

    private async Task<(string Text, string Last)> ReadAsync(string path, string? from, int most = int.MaxValue)
    {
        using var stream = await SseClient.OpenAsync(gateway.Admin, path, from);
        var (text, last) = (new StringBuilder(), "");
        for (var i = 0; i < most && await stream.NextAsync() is { } piece; i++)
        {
            text.Append(piece.Json.Text("text"));
            last = piece.Id;
        }

        return (text.ToString(), last);
    }

    private async Task<(string Id, AttemptKey Launch)> RunningAsync()
    {
        var id = await gateway.SubmitAsync(new { goal = "Write a log." });
        var launch = new AttemptKey(await gateway.PipelineIdAsync(id), id, 1, "01_plan", 1, 1, 1);
        await gateway.TellAsync(new StepStarted(launch, StepRole.Planner, "simulated", "r", TimeProvider.System.GetUtcNow()), id, job => job.GetProperty("steps")[0].Text("status") == "running");
        return (id, launch);
    }

    private Task FinishAsync(string id, AttemptKey launch)
    {
        var now = TimeProvider.System.GetUtcNow();
        return gateway.TellAsync(
            new StepFinished { Key = launch, Outcome = StepOutcome.Succeeded, Agent = "simulated", Role = StepRole.Planner, StartedAt = now, FinishedAt = now },
            id, job => job.GetProperty("steps")[0].Text("status") == "succeeded");
    }
}
