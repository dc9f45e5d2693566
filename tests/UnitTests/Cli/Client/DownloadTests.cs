using AwesomeAssertions;
using Microsoft.AspNetCore.Http;
using Orchestrator.Cli.Client;

namespace Orchestrator.UnitTests.Cli.Client;

public sealed class DownloadTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(500);

    [Fact]
    public async Task A_download_may_take_longer_than_an_answer_as_long_as_something_comes()
    {
        await using var server = await CannedServer.StartAsync();
        server.On("GET /v1/jobs/job-0001/artifacts/logs.txt", async context =>
        {
            for (var piece = 0; piece < 10; piece++)
            {
                await context.Response.WriteAsync("piece\n");
                await context.Response.Body.FlushAsync();
                await Task.Delay(Limit / 5);
            }
        });

        (await CopyAsync(server)).Should().Be(10 * "piece\n".Length);
    }

    [Fact]
    public async Task A_download_that_falls_silent_is_an_outage()
    {
        await using var server = await CannedServer.StartAsync();
        server.On("GET /v1/jobs/job-0001/artifacts/logs.txt", async context =>
        {
            await context.Response.WriteAsync("piece\n");
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });

        await FluentActions.Awaiting(() => CopyAsync(server)).Should().ThrowAsync<ServerUnreachableException>();
    }

    private static async Task<long> CopyAsync(CannedServer server)
    {
        using var client = new OrchestratorClient(new ServerAddress(new Uri(server.Url), null, "test"), TimeProvider.System) { CallLimit = Limit };
        using var target = new MemoryStream();
        (await client.CopyArtifactAsync("job-0001", "logs.txt", target, CancellationToken.None)).Should().BeTrue();
        return target.Length;
    }
}
