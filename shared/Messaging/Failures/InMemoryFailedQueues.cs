using System.Net.Mime;
using MassTransit;
using MassTransit.Serialization;
using Orchestrator.Hosting.Failpoints;

namespace Orchestrator.Messaging.Failures;

/// <summary>Failed queues of the in-memory bus. Nobody can look into them, so the index is all there is and there is no copy to take out.</summary>
internal sealed class InMemoryFailedQueues(IBus bus) : IFailedQueues, IFailedQueueSession
{
    public Task<IFailedQueueSession> OpenAsync(CancellationToken cancellationToken) => Task.FromResult<IFailedQueueSession>(this);

    public async Task SendAgainAsync(
        string queue, string messageId, MessageProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var endpoint = await bus.GetSendEndpoint(Queues.Address(queue));
        await Failpoint.AroundAsync("failed.again.publish", () => endpoint.Send(new SentAgain(), new Bytes(messageId, properties.ContentType, body), cancellationToken));
    }

    public Task<FailedPass> RemoveAsync(
        string queue, IReadOnlyCollection<string> fingerprints, Func<string, MessageProperties, ReadOnlyMemory<byte>, Task> found, CancellationToken cancellationToken) =>
        Task.FromResult(new FailedPass([.. fingerprints], IsWhole: true));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Bytes(string messageId, string? contentType, ReadOnlyMemory<byte> body) : IPipe<SendContext<SentAgain>>, IMessageSerializer
    {
        public ContentType ContentType { get; } = contentType is null ? SystemTextJsonMessageSerializer.JsonContentType : new ContentType(contentType);

        public MessageBody GetMessageBody<T>(SendContext<T> context)
            where T : class => new MemoryMessageBody(body);

        public Task Send(SendContext<SentAgain> context)
        {
            if (Guid.TryParse(messageId, out var id))
                context.MessageId = id;
            context.Serializer = this;
            context.ContentType = ContentType;
            return Task.CompletedTask;
        }

        public void Probe(ProbeContext context) => context.CreateScope("sentAgain");
    }
}

/// <summary>Stands for a message whose bytes are there already.</summary>
internal sealed record SentAgain;
