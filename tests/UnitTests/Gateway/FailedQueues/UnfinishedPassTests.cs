using System.Net;
using System.Text.Json;
using AwesomeAssertions;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orchestrator.Messaging;
using Orchestrator.Messaging.Failures;
using Orchestrator.Messaging.PublicExchanges;

namespace Orchestrator.UnitTests.Gateway.FailedQueues;

public sealed class UnfinishedPassTests : IAsyncLifetime
{
    private readonly LongQueue _queue = new();
    private readonly GatewayHost _gateway;

    public UnfinishedPassTests() => _gateway = new GatewayHost { Replace = services => services.Replace(ServiceDescriptor.Singleton<IFailedQueues>(_queue)) };

    public ValueTask InitializeAsync() => _gateway.InitializeAsync();

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Theory]
    [InlineData("discard", "discarding", "discarded")]
    [InlineData("requeue", "requeueing", "requeued")]
    public async Task A_message_that_a_pass_did_not_reach_is_still_pending_until_one_does(string decision, string pending, string done)
    {
        var id = await FailedLongAgoAsync();

        using var decided = await _gateway.Admin.PostAsync($"/v1/failed/{id}/{decision}", null);

        decided.StatusCode.Should().Be(HttpStatusCode.Accepted);
        var row = await decided.JsonAsync();
        row.Text("state").Should().Be(pending);
        row.Text("note").Should().Contain("not seen to its end");
        _queue.IsReached = true;
        await GatewayHost.UntilAsync(async () => (await ShownAsync(id)).Text("state") == done);
        (await ShownAsync(id)).GetProperty("note").ValueKind.Should().Be(JsonValueKind.Null);
        _queue.Sent.Should().Be(decision == "requeue" ? 1 : 0);
    }

    /// <summary>So long that its copy must be in the failed queue by now.</summary>
    private async Task<long> FailedLongAgoAsync()
    {
        await _gateway.WithAsync<IBus, bool>(async bus =>
        {
            await (await bus.GetSendEndpoint(Queues.Address(Queues.GatewayIntake))).Send(new PublicEvent("{ broken"));
            return true;
        });
        await GatewayHost.UntilAsync(() => _gateway.QueryAsync(db => db.FailedMessages.AnyAsync()));
        var before = TimeProvider.System.GetUtcNow().AddHours(-1);
        await _gateway.QueryAsync(db => db.FailedMessages.ExecuteUpdateAsync(update => update.SetProperty(row => row.ReceivedAt, before)));
        return await _gateway.QueryAsync(db => db.FailedMessages.Select(row => row.Id).SingleAsync());
    }

    private async Task<JsonElement> ShownAsync(long id) => (await (await _gateway.Admin.GetAsync($"/v1/failed/{id}")).JsonAsync()).GetProperty("message");

    /// <summary>A failed queue of which a pass sees only the beginning, until it reaches the end.</summary>
    private sealed class LongQueue : IFailedQueues, IFailedQueueSession
    {
        public volatile bool IsReached;

        public int Sent { get; private set; }

        public Task<IFailedQueueSession> OpenAsync(CancellationToken cancellationToken) => Task.FromResult<IFailedQueueSession>(this);

        public Task SendAgainAsync(string queue, string messageId, MessageProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
        {
            Sent++;
            return Task.CompletedTask;
        }

        public Task<FailedPass> RemoveAsync(
            string queue, IReadOnlyCollection<string> fingerprints, Func<string, MessageProperties, ReadOnlyMemory<byte>, Task> found, CancellationToken cancellationToken) =>
            Task.FromResult(IsReached ? new FailedPass([.. fingerprints], IsWhole: true) : new FailedPass([], IsWhole: false));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
