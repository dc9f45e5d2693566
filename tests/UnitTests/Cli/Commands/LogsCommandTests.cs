using AwesomeAssertions;
using Orchestrator.Cli;

namespace Orchestrator.UnitTests.Cli.Commands;

public sealed class LogsCommandTests
{
    [Fact]
    public async Task The_logs_of_all_started_steps_come_in_order_byte_for_byte()
    {
        await using var server = await CannedServer.StartAsync();
        server.On($"GET /v1/jobs/{CannedJobs.Id}", CannedJobs.Job("running", $"{CannedJobs.Step("01_plan", "succeeded")},{CannedJobs.Step("02_implement", "running")}"));
        server.On($"GET /v1/jobs/{CannedJobs.Id}/steps/01_plan/logs", "plan\n", type: "text/plain");
        server.On($"GET /v1/jobs/{CannedJobs.Id}/steps/02_implement/logs", "work\n", type: "text/plain");

        var all = await CliRun.Of(server, "logs", CannedJobs.Id);
        var one = await CliRun.Of(server, "logs", CannedJobs.Id, "--step", "02_implement");
        var none = await CliRun.Of(server, "logs", CannedJobs.Id, "--step", "02");

        all.Out.Should().Be("plan\nwork\n");
        all.Error.Should().Contain("== 01_plan (succeeded)");
        one.Out.Should().Be("work\n");
        none.ExitCode.Should().Be(ExitCodes.NotFound);
        none.Error.Should().Contain("01_plan, 02_implement");
    }

    [Fact]
    public async Task Following_puts_pieces_together_to_lines_that_name_their_step()
    {
        await using var server = await CannedServer.StartAsync();
        var over = false;
        server.On($"GET /v1/jobs/{CannedJobs.Id}", async context =>
        {
            var (job, step) = over ? ("failed", "failed") : ("running", "running");
            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync(System.Text.Encoding.UTF8.GetBytes(
                CannedJobs.Job(job, $"{CannedJobs.Step("01_plan", step)},{CannedJobs.Step("02_implement", step)}", error: """{"code":"agent_failed","message":"no"}""")));
        });
        server.On($"GET /v1/jobs/{CannedJobs.Id}/events", async context =>
        {
            over = true;
            await CannedJobs.SendEventAsync(context, 1, "job_failed");
        });
        foreach (var step in new[] { "01_plan", "02_implement" })
        {
            server.On($"GET /v1/jobs/{CannedJobs.Id}/steps/{step}/logs", async context =>
            {
                // Whoever was told everything and comes back hears nothing twice.
                if (context.Request.Headers["Last-Event-ID"] == "9")
                    return;
                await CannedJobs.SendEventAsync(context, 3, "log", """{"text":"one\ntw"}""");
                await CannedJobs.SendEventAsync(context, 9, "log", """{"text":"o\nthree"}""");
            });
        }

        var run = await CliRun.Of(server, "logs", CannedJobs.Id, "-f");

        run.ExitCode.Should().Be(ExitCodes.JobFailed);
        run.Out.TrimEnd('\n').Split('\n').Where(line => line.StartsWith("[01_plan] ", StringComparison.Ordinal))
            .Should().Equal("[01_plan] one", "[01_plan] two", "[01_plan] three");
        run.Out.Should().Contain("[02_implement] three");
    }
}
