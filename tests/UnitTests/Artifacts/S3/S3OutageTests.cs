using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;
using Amazon.S3;
using AwesomeAssertions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Orchestrator.Artifacts;
using Orchestrator.Artifacts.S3;

namespace Orchestrator.UnitTests.Artifacts.S3;

public sealed class S3OutageTests
{
    [Theory]
    [InlineData(500, "InternalError")]
    [InlineData(502, "")]
    [InlineData(503, "SlowDown")]
    [InlineData(429, "TooManyRequests")]
    [InlineData(408, "")]
    public async Task A_storage_that_is_busy_or_broken_is_an_IO_error_in_every_call(int status, string code)
    {
        await using var storage = await AnswerAsync(status, code);
        var store = Store(storage.Urls.First());

        foreach (var call in Calls(store))
            (await call.Should().ThrowAsync<IOException>()).WithInnerException<AmazonS3Exception>();
    }

    [Fact]
    public async Task A_storage_that_is_not_reached_is_an_IO_error_in_every_call()
    {
        foreach (var call in Calls(Store($"http://127.0.0.1:{ClosedPort()}")))
            await call.Should().ThrowAsync<IOException>();
    }

    [Fact]
    public async Task A_storage_that_takes_too_long_is_an_IO_error()
    {
        await using var storage = await StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));

        var waiting = () => Store(storage.Urls.First(), TimeSpan.FromMilliseconds(200)).WriteAsync("job-0001/x", Stream.Null, CancellationToken.None);

        await waiting.Should().ThrowAsync<IOException>();
    }

    [Fact]
    public async Task A_caller_who_gives_up_is_no_IO_error()
    {
        using var left = new CancellationTokenSource();
        var asked = 0;
        // The caller leaves once the storage has its request.
        await using var storage = await StartAsync(async context =>
        {
            Interlocked.Increment(ref asked);
            await left.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });

        var leaving = () => Store(storage.Urls.First()).WriteAsync("job-0001/x", Stream.Null, left.Token);

        await leaving.Should().ThrowAsync<OperationCanceledException>();
        asked.Should().Be(1, "nobody asks again for who has left");
    }

    [Fact]
    public async Task A_body_that_the_storage_waited_for_too_long_is_an_IO_error()
    {
        await using var storage = await AnswerAsync(400, "RequestTimeout");

        var writing = () => Store(storage.Urls.First()).WriteAsync("job-0001/x", Stream.Null, CancellationToken.None);

        await writing.Should().ThrowAsync<IOException>();
    }

    [Fact]
    public async Task What_the_storage_refuses_stays_its_answer()
    {
        await using var storage = await AnswerAsync(403, "AccessDenied");

        var writing = () => Store(storage.Urls.First()).WriteAsync("job-0001/x", Stream.Null, CancellationToken.None);

        (await writing.Should().ThrowAsync<AmazonS3Exception>()).Which.ErrorCode.Should().Be("AccessDenied");
    }

    private static Func<Task>[] Calls(S3ArtifactStore store) =>
    [
        () => store.WriteAsync("job-0001/x", new MemoryStream([1]), CancellationToken.None),
        () => store.OpenReadAsync("job-0001/x", 0, CancellationToken.None),
        () => store.LengthAsync("job-0001/x", CancellationToken.None),
        () => store.CopyAsync("job-0001/x", "job-0001/y", CancellationToken.None),
        () => store.DeleteAsync("job-0001", CancellationToken.None),
        () => store.OpenAppendAsync("job-0001/x", CancellationToken.None),
    ];

    private static S3ArtifactStore Store(string address, TimeSpan? timeout = null) => new(
        new AmazonS3Client(
            new BasicAWSCredentials("key", "secret"),
            new AmazonS3Config { ServiceURL = address, ForcePathStyle = true, AuthenticationRegion = "us-east-1", MaxErrorRetry = 0, Timeout = timeout ?? TimeSpan.FromMinutes(1) }),
        new ArtifactsOptions { Bucket = "bucket" },
        TimeProvider.System);

    private static Task<WebApplication> AnswerAsync(int status, string code) => StartAsync(async context =>
    {
        context.Response.StatusCode = status;
        if (code.Length > 0 && !HttpMethods.IsHead(context.Request.Method))
            await context.Response.WriteAsync($"<Error><Code>{code}</Code><Message>No.</Message></Error>");
    });

    private static async Task<WebApplication> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var storage = builder.Build();
        storage.Run(answer);
        await storage.StartAsync();
        return storage;
    }

    private static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
