using System.Text.Json;
using AwesomeAssertions;
using Orchestrator.Cli;

namespace Orchestrator.UnitTests.Cli.Commands;

public sealed class FailedCommandTests
{
    [Fact]
    public async Task Failed_messages_are_listed_by_filter()
    {
        await using var server = (await CannedServer.StartAsync()).On(
            "GET /v1/failed", """{"failed": [{"id": "17", "queue": "budget", "state": "open", "code": "fault", "reason": "It broke.", "received_at": "2026-01-01T00:00:00Z"}], "next_cursor": null}""");

        var run = await CliRun.Of(server, "failed", "list", "--queue", "budget", "--since", "2026-01-01T00:00:00Z");
        var names = await CliRun.Of(server, "failed", "ls", "-o", "name");

        run.ExitCode.Should().Be(ExitCodes.Done, run.Error);
        run.Out.Should().Contain("17").And.Contain("It broke.");
        names.Out.Should().Be("17\n");
        server.Requests.First().Query.Should().Contain("queue=budget").And.Contain("since=2026-01-01T00%3A00%3A00Z");
    }

    [Fact]
    public async Task Many_are_requeued_by_filter_and_a_dry_run_only_counts()
    {
        await using var server = (await CannedServer.StartAsync()).On("POST /v1/failed/requeue", """{"matched": 3, "decided": 0}""", 202);

        var run = await CliRun.Of(server, "failed", "requeue", "--queue", "budget", "--dry-run");

        run.ExitCode.Should().Be(ExitCodes.Done, run.Error);
        run.Error.Should().Contain("3 messages would be meant");
        var body = JsonDocument.Parse(server.Requests.Single().Body).RootElement;
        (body.GetProperty("queue").GetString(), body.GetProperty("dry_run").GetBoolean(), body.GetProperty("all").GetBoolean()).Should().Be(("budget", true, false));
    }

    [Theory]
    [InlineData("requeue")]
    [InlineData("discard", "17", "--all")]
    [InlineData("discard", "17", "--dry-run")]
    [InlineData("requeue", "--all", "--queue", "budget")]
    public async Task What_is_meant_must_be_said_in_one_way(params string[] arguments)
    {
        await using var server = await CannedServer.StartAsync();

        var run = await CliRun.Of(server, ["failed", .. arguments]);

        run.ExitCode.Should().Be(ExitCodes.Usage);
        run.Error.Should().Contain("--all");
        server.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task A_message_that_is_not_there_has_the_exit_code_of_what_is_not_found()
    {
        await using var server = await CannedServer.StartAsync();

        (await CliRun.Of(server, "failed", "discard", "99")).ExitCode.Should().Be(ExitCodes.NotFound);
        (await CliRun.Of(server, "failed", "show", "99")).ExitCode.Should().Be(ExitCodes.NotFound);
    }
}
