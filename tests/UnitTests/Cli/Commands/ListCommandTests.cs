using System.Text.Json;
using AwesomeAssertions;
using Microsoft.AspNetCore.Http;
using Orchestrator.Cli;

namespace Orchestrator.UnitTests.Cli.Commands;

public sealed class ListCommandTests
{
    [Fact]
    public async Task A_pipe_gets_aligned_columns_that_are_never_folded()
    {
        await using var server = await ServerAsync();

        var run = await CliRun.Of(server, "list");

        var lines = run.Out.TrimEnd('\n').Split('\n');
        lines.Should().HaveCount(3);
        lines[0].Should().StartWith("JOB").And.Contain("STATUS");
        lines[1].Should().Contain("● running").And.EndWith("Fix the failing date test.");
        lines.Should().NotContain(line => line.EndsWith(' '));
    }

    [Fact]
    public async Task Json_is_what_the_server_said()
    {
        await using var server = await ServerAsync();

        var json = await CliRun.Of(server, "list", "-o", "json");
        var jsonl = await CliRun.Of(server, "list", "-o", "jsonl");
        var names = await CliRun.Of(server, "list", "-o", "name");

        JsonDocument.Parse(json.Out).RootElement[1].GetProperty("usage").GetProperty("cost_micro_usd").GetInt64().Should().Be(12000);
        jsonl.Out.TrimEnd('\n').Split('\n').Should().HaveCount(2);
        names.Out.Should().Be("job-0001\njob-000123\n");
    }

    [Fact]
    public async Task Pages_are_followed_up_to_the_limit()
    {
        await using var server = await CannedServer.StartAsync();
        server.On("GET /v1/jobs", async context =>
        {
            var second = context.Request.Query["cursor"] == "next";
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(second
                ? $$"""{"jobs":[{{CannedJobs.Job("failed", id: "job-0003")}}],"next_cursor":"more"}"""
                : $$"""{"jobs":[{{CannedJobs.Job("failed", id: "job-0001")}},{{CannedJobs.Job("failed", id: "job-0002")}}],"next_cursor":"next"}""");
        });

        var run = await CliRun.Of(server, "list", "-o", "name", "--limit", "3", "--status", "failed", "--tag", "a b");

        run.Out.Should().Be("job-0001\njob-0002\njob-0003\n");
        server.Requests.Select(asked => asked.Query).Should().Equal("?status=failed&tag=a%20b&limit=3", "?status=failed&tag=a%20b&cursor=next&limit=1");
    }

    [Fact]
    public async Task No_jobs_is_an_empty_answer_and_a_word_beside_it()
    {
        await using var server = await CannedServer.StartAsync();
        server.On("GET /v1/jobs", """{"jobs":[],"next_cursor":null}""");

        var run = await CliRun.Of(server, "list", "-o", "name");

        run.ExitCode.Should().Be(ExitCodes.Done);
        run.Out.Should().BeEmpty();
    }

    private static async Task<CannedServer> ServerAsync()
    {
        var server = await CannedServer.StartAsync();
        return server.On("GET /v1/jobs", $$"""{"jobs":[{{CannedJobs.Job("running", id: "job-0001")}},{{CannedJobs.Job("completed", id: "job-000123")}}],"next_cursor":null}""");
    }
}
