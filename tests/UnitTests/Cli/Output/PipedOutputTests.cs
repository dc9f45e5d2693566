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

        var (code, said) = await RunAsync(script, server);

        code.Should().Be("141", "shells report SIGPIPE so");
        said.Should().BeEmpty("it is no failure");
    }

    [Fact]
    public async Task A_slow_reader_of_a_pipe_that_does_not_wait_gets_every_byte()
    {
        await using var server = await CannedServer.StartAsync();
        server.On($"GET /v1/jobs/{CannedJobs.Id}/artifacts/patch.diff", context => context.Response.Body.WriteAsync(new byte[3_000_000]).AsTask());
        const string script = """
            import fcntl, os, subprocess, sys, time
            r, w = os.pipe()
            fcntl.fcntl(w, fcntl.F_SETFL, os.O_NONBLOCK)
            tool = subprocess.Popen([sys.argv[1], "diff", sys.argv[2], "--server", sys.argv[3], "--token", "x"], stdout=w)
            os.close(w)
            time.sleep(2)
            print(sum(len(part) for part in iter(lambda: os.read(r, 65536), b"")), tool.wait())
            """;

        var (read, said) = await RunAsync("/usr/bin/python3 -c '" + script + "' \"$0\" \"$1\" \"$2\"", server);

        read.Should().Be("3000000 0", said);
    }

    private static async Task<(string Out, string Error)> RunAsync(string script, CannedServer server)
    {
        var stop = TestContext.Current.CancellationToken;
        var shell = new ProcessStartInfo("bash", ["-c", script, OrchProcess.Tool, CannedJobs.Id, server.Url]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var pipeline = Process.Start(shell)!;
        var (output, error) = (pipeline.StandardOutput.ReadToEndAsync(stop), pipeline.StandardError.ReadToEndAsync(stop));
        await Task.WhenAll(output, error).WaitAsync(TimeSpan.FromMinutes(1), stop);
        return ((await output).Trim(), (await error).Trim());
    }
}
