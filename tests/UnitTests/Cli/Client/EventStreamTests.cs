using AwesomeAssertions;
using Orchestrator.Cli.Client;

namespace Orchestrator.UnitTests.Cli.Client;

public sealed class EventStreamTests
{
    [Fact]
    public async Task A_stream_that_ends_too_early_is_taken_up_again()
    {
        await using var server = await CannedServer.StartAsync();
        var connections = 0;
        server.On("GET /events", context => CannedJobs.SendEventAsync(context, Interlocked.Increment(ref connections), "tick"));

        var seen = await ReadAsync(server, () => Task.FromResult(connections == 3));

        seen.Select(item => item.Id).Should().Equal("1", "2", "3");
    }

    [Fact]
    public async Task A_connection_that_falls_silent_counts_as_lost()
    {
        await using var server = await CannedServer.StartAsync();
        var connections = 0;
        server.On("GET /events", async context =>
        {
            await CannedJobs.SendEventAsync(context, Interlocked.Increment(ref connections), "tick");
            if (connections == 1)
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });

        var seen = await ReadAsync(server, () => Task.FromResult(connections == 2), silence: TimeSpan.FromMilliseconds(200));

        seen.Should().HaveCount(2);
    }

    [Fact]
    public async Task A_refusal_is_not_tried_again()
    {
        await using var server = await CannedServer.StartAsync();
        server.Problem("GET /events", 403, """{"code":"forbidden"}""");

        var read = () => ReadAsync(server, () => Task.FromResult(true));

        (await read.Should().ThrowAsync<ApiException>()).Which.Problem.Code.Should().Be("forbidden");
        server.Requests.Should().HaveCount(1);
    }

    [Fact]
    public async Task A_server_that_stays_away_ends_the_patience()
    {
        await using var server = await CannedServer.StartAsync();
        server.On("GET /events", "", 503);

        var read = () => ReadAsync(server, () => Task.FromResult(true), patience: TimeSpan.FromMilliseconds(600));

        await read.Should().ThrowAsync<ServerUnreachableException>();
        server.Requests.Should().HaveCountGreaterThan(1);
    }

    private static async Task<List<ServerEvent>> ReadAsync(CannedServer server, Func<Task<bool>> isOver, TimeSpan? silence = null, TimeSpan? patience = null)
    {
        var address = new ServerAddress(new Uri(server.Url), null, "test");
        using var http = new HttpClient { BaseAddress = address.Url };
        var stream = new EventStream(http, address, TimeProvider.System)
        {
            Silence = silence ?? TimeSpan.FromSeconds(30),
            Patience = patience ?? TimeSpan.FromSeconds(30),
        };
        var seen = new List<ServerEvent>();
        await foreach (var item in stream.ReadAsync("events", _ => isOver(), TestContext.Current.CancellationToken))
            seen.Add(item);
        return seen;
    }
}
