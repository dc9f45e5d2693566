using AwesomeAssertions;
using Microsoft.AspNetCore.Http;
using Orchestrator.Cli;

namespace Orchestrator.UnitTests.Cli.Commands;

public sealed class WatchCommandTests
{
    [Fact]
    public async Task Steps_are_shown_as_they_happen_until_the_job_is_over()
    {
        await using var server = await CannedServer.StartAsync();
        Tell(server, ["running", "running", "completed"]);

        var run = await CliRun.Of(server, "watch", CannedJobs.Id);

        run.ExitCode.Should().Be(ExitCodes.Done);
        run.Error.Should().Contain("● running  01_plan  simulated").And.Contain("✓ succeeded  01_plan  simulated");
        run.Out.Should().Contain("✓ completed").And.Contain($"orch apply {CannedJobs.Id}");
    }

    [Fact]
    public async Task With_jsonl_every_event_is_one_line_of_standard_output()
    {
        await using var server = await CannedServer.StartAsync();
        Tell(server, ["running", "completed"]);

        var run = await CliRun.Of(server, "watch", CannedJobs.Id, "-o", "jsonl");

        run.ExitCode.Should().Be(ExitCodes.Done);
        run.Out.Should().Be("{\"sequence\":1}\n{\"sequence\":2}\n");
    }

    [Fact]
    public async Task A_job_that_takes_too_long_is_exit_code_124_and_goes_on()
    {
        await using var server = await CannedServer.StartAsync();
        server.On($"GET /v1/jobs/{CannedJobs.Id}", CannedJobs.Job("running"));
        server.On($"GET /v1/jobs/{CannedJobs.Id}/events", async context =>
        {
            await CannedJobs.SendEventAsync(context, 1, "job_started");
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });

        var run = await CliRun.Of(server, "watch", CannedJobs.Id, "--timeout", "0.4s");

        run.ExitCode.Should().Be(ExitCodes.TimedOut);
        run.Error.Should().Contain($"orch watch {CannedJobs.Id}");
    }

    [Fact]
    public async Task Latest_is_the_newest_job()
    {
        await using var server = await CannedServer.StartAsync();
        server.On("GET /v1/jobs", $$"""{"jobs":[{{CannedJobs.Job("completed")}}],"next_cursor":"c"}""");
        server.On($"GET /v1/jobs/{CannedJobs.Id}", CannedJobs.Job("completed"));

        var run = await CliRun.Of(server, "watch", "@latest", "-o", "name");

        run.Out.Should().Be(CannedJobs.Id + "\n");
        server.Requests.First().Query.Should().Be("?limit=1");
    }

    [Fact]
    public async Task A_redrawn_view_shows_the_steps_within_80_columns()
    {
        await using var server = await CannedServer.StartAsync();
        Tell(server, ["running", "completed"]);

        var run = await CliRun.Of(
            ["--server", server.Url, "watch", CannedJobs.Id],
            variables: new Dictionary<string, string> { ["NO_COLOR"] = "1" },
            isTerminal: true);

        run.Error.Should().Contain("01_plan").And.Contain("✓ succeeded");
        run.Error.Should().NotContain("[3", "NO_COLOR asks for no colours");
        run.Out.Split('\n').Should().OnlyContain(line => line.Length <= 80);
    }

    private static void Tell(CannedServer server, string[] states)
    {
        var at = 0;
        server.On($"GET /v1/jobs/{CannedJobs.Id}", async context =>
        {
            var state = states[Math.Min(at, states.Length - 1)];
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(CannedJobs.Job(state, CannedJobs.Step("01_plan", state == "running" ? "running" : "succeeded")));
        });
        server.On($"GET /v1/jobs/{CannedJobs.Id}/events", async context =>
        {
            for (at = 1; at < states.Length; at++)
                await CannedJobs.SendEventAsync(context, at, "step_finished", $$"""{"sequence":{{at}}}""");
            if (states.Length == 2)
                await CannedJobs.SendEventAsync(context, 2, "job_completed", """{"sequence":2}""");
        });
    }
}
