using System.Diagnostics;
using AwesomeAssertions;
using Orchestrator.UnitTests.Cli.Dev;

namespace Orchestrator.UnitTests.Cli.Output;

public sealed class PipedOutputTests
{
    [Fact]
    public async Task The_tool_ends_when_the_program_behind_its_pipe_has_enough()
    {
        await using var server = await CannedServer.StartAsync();
        server.On($"GET /v1/jobs/{CannedJobs.Id}/artifacts/patch.diff", async context =>
        {
            var line = new byte[4096];
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.Body.WriteAsync(line, context.RequestAborted);
        });
        const string script = """ "$0" diff "$1" --server "$2" --token x | head -c 10 >/dev/null; echo "${PIPESTATUS[0]}" """;
        var shell = new ProcessStartInfo("bash", ["-c", script, OrchProcess.Tool, CannedJobs.Id, server.Url])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var pipeline = Process.Start(shell)!;

        var (code, said) = (pipeline.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), pipeline.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await Task.WhenAll(code, said).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        (await code).Trim().Should().Be("141", "shells report SIGPIPE so");
        (await said).Should().BeEmpty("it is no failure");
    }
}
