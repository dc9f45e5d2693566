using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Orchestrator.Hosting;
using Orchestrator.Hosting.Failpoints;
using Orchestrator.Messaging.Topology;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Orchestrator.Messaging.Failures;

/// <summary>Failed queues on RabbitMQ, by a connection of their own for each visit: they are visited seldom.</summary>
/// <param name="configuration">Where the broker is.</param>
/// <param name="options">How it is reached.</param>
/// <param name="service">Who visits.</param>
/// <param name="page">Messages that one consumer holds; AMQP has no larger number.</param>
internal sealed class BrokerFailedQueues(IConfiguration configuration, IOptions<MessagingOptions> options, ServiceName service, ushort page = ushort.MaxValue) : IFailedQueues
{
    public async Task<IFailedQueueSession> OpenAsync(CancellationToken cancellationToken)
    {
        var address = BrokerAddress.From(configuration, options.Value, service.Value);
        var connection = await address.Factory().CreateConnectionAsync(address.Connection + " failed queues", cancellationToken);
        try
        {
            var channel = await connection.CreateChannelAsync(
                new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), cancellationToken);
            await BrokerTopology.DeclareAsync(channel, cancellationToken);
            return new Session(connection, channel, address.Username, page);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private sealed class Session(IConnection connection, IChannel channel, string login, ushort page) : IFailedQueueSession
    {
        private const int AcksAtOnce = 16;
        private const int Looks = 100;
        private static readonly TimeSpan LongestQuiet = TimeSpan.FromSeconds(2);
        private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);

        public async Task SendAgainAsync(
            string queue, string messageId, MessageProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
        {
            // The client writes the trace it is called in over the message's own: let it be called in that one.
            using var activity = new Activity("send failed message again");
            if (properties.Header("traceparent") is { Length: > 0 } trace)
                activity.SetParentId(trace);
            activity.Start();
            await Failpoint.AroundAsync("failed.again.publish", () => channel.BasicPublishAsync(queue, "", mandatory: true, properties.ToSendAgain(messageId, login), body, cancellationToken).AsTask());
        }

        public async Task<FailedPass> RemoveAsync(
            string queue, IReadOnlyCollection<string> fingerprints, Func<string, MessageProperties, ReadOnlyMemory<byte>, Task> found, CancellationToken cancellationToken)
        {
            var failed = Queues.FailedOf(queue);
            var wanted = fingerprints.CountBy(fingerprint => fingerprint).ToDictionary();
            var removed = new List<string>();
            var seen = 0u;
            var known = (await channel.QueueDeclarePassiveAsync(failed, cancellationToken)).MessageCount;
            var pass = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
            try
            {
                await foreach (var copy in CopiesAsync(pass, failed, known, cancellationToken))
                {
                    seen++;
                    var properties = MessageProperties.Of(copy.Properties);
                    var fingerprint = FailedMessage.FingerprintOf(properties, copy.Body);
                    if (!wanted.TryGetValue(fingerprint, out var count))
                        continue;
                    await found(fingerprint, properties, copy.Body);
                    await Failpoint.AroundAsync("failed.remove.ack", () => pass.BasicAckAsync(copy.Tag, multiple: false, cancellationToken).AsTask());
                    removed.Add(fingerprint);
                    if (removed.Count % AcksAtOnce == 0)
                        await AcknowledgedAsync(pass, failed, cancellationToken);
                    if (count > 1)
                        wanted[fingerprint] = count - 1;
                    else if (wanted.Remove(fingerprint) && wanted.Count == 0)
                        break;
                }

                await AcknowledgedAsync(pass, failed, cancellationToken);
            }
            finally
            {
                // What the consumer of a closed channel held goes back in order. What was got one by one, or is refused together, does not.
                await pass.CloseAsync(CancellationToken.None);
                await pass.DisposeAsync();
            }

            await AllBackAsync(failed, known - (uint)removed.Count, cancellationToken);
            return new FailedPass(removed, IsWhole: seen == known || wanted.Count == 0);
        }

        /// <summary>The messages that the queue holds now, in their order; they stay unacknowledged.</summary>
        private async IAsyncEnumerable<Copy> CopiesAsync(IChannel pass, string failed, uint known, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            if (known == 0)
                yield break;
            var copies = Channel.CreateUnbounded<Copy>();
            var consumer = new AsyncEventingBasicConsumer(pass);
            consumer.ReceivedAsync += (_, delivery) =>
            {
                // The client reuses the buffer when this handler returns.
                copies.Writer.TryWrite(new Copy(delivery.DeliveryTag, new BasicProperties(delivery.BasicProperties), delivery.Body.ToArray()));
                return Task.CompletedTask;
            };
            pass.ChannelShutdownAsync += (_, reason) =>
            {
                copies.Writer.TryComplete(new IOException(reason.ReplyText));
                return Task.CompletedTask;
            };
            await pass.BasicQosAsync(0, (ushort)Math.Min(known, page), global: false, cancellationToken);
            string? holder = null;
            for (var looked = 0u; looked < known; looked++)
            {
                if (looked % page == 0)
                    holder = await NextPageAsync(pass, failed, holder, $"page {looked:D10}", consumer, cancellationToken);
                using var quiet = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                quiet.CancelAfter(LongestQuiet);
                Copy copy;
                try
                {
                    copy = await copies.Reader.ReadAsync(quiet.Token);
                }
                catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
                {
                    // Somebody else, an operator at the console, took some of those that were counted; or the broker is slow.
                    yield break;
                }

                yield return copy;
            }
        }

        /// <summary>
        /// A consumer gets no more than it may hold, so another one goes on where it stopped. The earlier one gets nothing more and keeps what it has;
        /// the broker takes back what they held in the order of their tags.
        /// </summary>
        private static async Task<string> NextPageAsync(IChannel pass, string failed, string? holder, string next, IAsyncBasicConsumer consumer, CancellationToken cancellationToken)
        {
            if (holder is not null)
                await pass.BasicCancelAsync(holder, noWait: false, cancellationToken);
            return await pass.BasicConsumeAsync(failed, autoAck: false, next, consumer, cancellationToken);
        }

        /// <summary>
        /// Waits until the queue has the acknowledgements so far. The broker holds them back when there are more than 32 on the way, and forgets what it
        /// holds back when the channel closes. A get stands behind them in the queue's log, and its answer waits for it.
        /// </summary>
        private static async Task AcknowledgedAsync(IChannel pass, string failed, CancellationToken cancellationToken)
        {
            if (await pass.BasicGetAsync(failed, autoAck: false, cancellationToken) is { } arrived)
                await Failpoint.AroundAsync("failed.probe.nack", () => pass.BasicNackAsync(arrived.DeliveryTag, multiple: false, requeue: true, cancellationToken).AsTask());
        }

        /// <summary>The next pass must not begin before the queue has taken back what this one held.</summary>
        private async Task AllBackAsync(string failed, uint expected, CancellationToken cancellationToken)
        {
            for (var look = 0; look < Looks; look++)
            {
                if ((await channel.QueueDeclarePassiveAsync(failed, cancellationToken)).MessageCount >= expected)
                    return;
                await Task.Delay(BetweenLooks, TimeProvider.System, cancellationToken);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await channel.DisposeAsync();
            await connection.DisposeAsync();
        }

        private sealed record Copy(ulong Tag, BasicProperties Properties, byte[] Body);
    }
}
