using System.Collections.Concurrent;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Orchestrator.ChaosTests.Driving;

/// <summary>Keeps a copy of every message that goes into the system's queues, and sends copies again.</summary>
internal sealed class MessageTap : IAsyncDisposable
{
    private static readonly string[] Queues = ["pipeline", "budget", "gateway-events", "planner-runner", "implementer-runner", "reviewer-runner"];
    private readonly ChaosSystem _system;
    private readonly string _name;
    private readonly ConcurrentQueue<TappedMessage> _trace = new();
    private readonly ConcurrentDictionary<(string Queue, Guid MessageId), byte> _repeated = new();
    private IConnection? _connection;
    private IChannel _channel = null!;

    private MessageTap(ChaosSystem system, string name) => (_system, _name) = (system, name);

    /// <summary>All copies, in the order in which they came.</summary>
    public IReadOnlyCollection<TappedMessage> Trace => _trace;

    /// <summary>What was sent again.</summary>
    public IReadOnlyCollection<(string Queue, Guid MessageId)> Repeated => [.. _repeated.Keys];

    public static async Task<MessageTap> OpenAsync(ChaosSystem system, string name = "tap")
    {
        var tap = new MessageTap(system, name);
        await tap.ConnectAsync();
        return tap;
    }

    /// <summary>Copies begin to arrive; also again after the broker was away.</summary>
    public async Task ConnectAsync()
    {
        if (_connection is not null)
            await _connection.DisposeAsync();
        _connection = await _system.Vhost.ConnectAsync();
        _channel = await _connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        foreach (var queue in Queues)
        {
            var copy = $"{_name}.{queue}";
            await _channel.QueueDeclareAsync(copy, durable: true, exclusive: false, autoDelete: false);
            await _channel.QueueBindAsync(copy, queue, "");
            var consumer = new AsyncEventingBasicConsumer(_channel);
            consumer.ReceivedAsync += (_, delivery) =>
            {
                // The client reuses the buffer when this handler returns.
                _trace.Enqueue(new TappedMessage(queue, new BasicProperties(delivery.BasicProperties), delivery.Body.ToArray()));
                return Task.CompletedTask;
            };
            await _channel.BasicConsumeAsync(copy, autoAck: true, consumer);
        }
    }

    /// <summary>Puts copies into their queues once more, under their own ids.</summary>
    public async Task RepeatAsync(IEnumerable<TappedMessage> messages)
    {
        foreach (var message in messages)
        {
            await _channel.BasicPublishAsync("", message.Queue, mandatory: true, message.Properties, message.Body);
            if (Guid.TryParse(message.Properties.MessageId, out var id))
                _repeated.TryAdd((message.Queue, id), 0);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        await _connection!.DisposeAsync();
    }
}

/// <summary>One message on its way into a queue.</summary>
internal sealed record TappedMessage(string Queue, BasicProperties Properties, byte[] Body);
