using System.Diagnostics;
using Orchestrator.TestServers.RabbitMq;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Orchestrator.Benchmarks.Limits;

/// <summary>What the broker can do for anybody: publish to a quorum queue with confirmation, deliver, acknowledge.</summary>
internal static class RawBroker
{
    private const int InTheAir = 256;

    /// <summary>Messages per second with many in the air, and milliseconds of each when there is only one.</summary>
    public static async Task<(double PerSecond, double[] Milliseconds)> MeasureAsync(int count, int alone)
    {
        var vhost = await (await RabbitMqServer.SharedAsync()).NewVhostAsync();
        await using var connection = await vhost.ConnectAsync();
        await using var consuming = await connection.CreateChannelAsync();
        await using var publishing = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true, outstandingPublisherConfirmationsRateLimiter: null));
        await consuming.QueueDeclareAsync("raw", durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" });
        await consuming.BasicQosAsync(0, InTheAir, global: false);
        using var arrived = new SemaphoreSlim(0);
        var consumer = new AsyncEventingBasicConsumer(consuming);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            await consuming.BasicAckAsync(delivery.DeliveryTag, multiple: false);
            arrived.Release();
        };
        await consuming.BasicConsumeAsync("raw", autoAck: false, consumer);

        var times = new double[alone];
        for (var i = 0; i < alone; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await PublishAsync(publishing);
            await arrived.WaitAsync();
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        var watch = Stopwatch.StartNew();
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = InTheAir }, async (_, _) => await PublishAsync(publishing));
        for (var i = 0; i < count; i++)
            await arrived.WaitAsync();
        return (count / watch.Elapsed.TotalSeconds, times);
    }

    private static async Task PublishAsync(IChannel channel) =>
        await channel.BasicPublishAsync("", "raw", mandatory: true, new BasicProperties { Persistent = true }, new byte[512]);
}
