using MassTransit.Transports;
using Microsoft.Extensions.Logging;
using Orchestrator.Hosting.Failpoints;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Orchestrator.Messaging.Intake;

/// <summary>
/// The gate on RabbitMQ: a consumer of its own with one unacknowledged message at most, which is cancelled before the message
/// that filled the last place is acknowledged. So the broker never pushes a message that would have to go back, which would
/// count against the delivery limit. MassTransit's pipeline handles what comes in.
/// </summary>
internal sealed partial class BrokerGate : IIntakeGate, IAsyncDisposable
{
    private static readonly AsyncLocal<BrokerGate?> Handling = new();

    private readonly GatedEndpoint _endpoint;
    private readonly GatedPipelines _pipelines;
    private readonly Lazy<IReceiveEndpointDispatcher> _pipeline;
    private readonly ILogger<BrokerGate> _log;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly SemaphoreSlim _delivery = new(1);
    private IChannel? _channel;
    private string? _consumerTag;
    private Action? _cancelled;
    private bool _open = true;

    public BrokerGate(GatedEndpoint endpoint, GatedPipelines pipelines, ILogger<BrokerGate> log)
    {
        _endpoint = endpoint;
        _pipelines = pipelines;
        _pipeline = new Lazy<IReceiveEndpointDispatcher>(() => pipelines.Create(endpoint));
        _log = log;
    }

    public string Queue => _endpoint.Queue;

    /// <summary>Whether there is a channel to consume on.</summary>
    public bool IsConnected => _channel is { IsOpen: true };

    public async Task PauseAsync()
    {
        await UpdateAsync(() => false);
        if (Handling.Value == this)
            return;
        await _delivery.WaitAsync();
        _delivery.Release();
    }

    public Task ResumeAsync() => UpdateAsync(() => true);

    public async Task UpdateAsync(Func<bool> isOpen)
    {
        await _turn.WaitAsync();
        try
        {
            _open = isOpen();
            await ApplyAsync();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Consumes on a new channel, if the gate is open, or whenever it opens.</summary>
    public async Task AttachAsync(IChannel channel, Action cancelled, CancellationToken ct)
    {
        await channel.BasicQosAsync(0, 1, global: false, ct);
        await _turn.WaitAsync(ct);
        try
        {
            (_channel, _consumerTag, _cancelled) = (channel, null, cancelled);
            await ApplyAsync();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Takes no more, and waits for the message under way.</summary>
    public async Task DetachAsync()
    {
        await PauseAsync();
        _channel = null;
    }

    public ValueTask DisposeAsync()
    {
        _turn.Dispose();
        _delivery.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task ApplyAsync()
    {
        if (_channel is not { IsOpen: true } channel)
            return;
        try
        {
            if (_open && _consumerTag is null)
            {
                var consumer = new AsyncEventingBasicConsumer(channel);
                consumer.ReceivedAsync += (_, delivery) =>
                {
                    // The client reuses the buffer when this handler returns, and its dispatch loop must stay free for the cancel.
                    var body = delivery.Body.ToArray();
                    _ = Task.Run(() => HandleAsync(channel, delivery, body), CancellationToken.None);
                    return Task.CompletedTask;
                };
                consumer.UnregisteredAsync += (_, _) =>
                {
                    if (_consumerTag is not null && channel.IsOpen)
                        _cancelled?.Invoke();
                    return Task.CompletedTask;
                };
                _consumerTag = await channel.BasicConsumeAsync(Queue, autoAck: false, consumer);
            }
            else if (!_open && _consumerTag is { } tag)
            {
                _consumerTag = null;
                await channel.BasicCancelAsync(tag);
            }
        }
        catch (Exception e) when (!channel.IsOpen)
        {
            // The connection is gone; whoever makes the next one applies what is wanted then.
            LogChannelLost(e, Queue);
        }
    }

    private async Task HandleAsync(IChannel channel, BasicDeliverEventArgs delivery, byte[] body)
    {
        await _delivery.WaitAsync();
        Handling.Value = this;
        try
        {
            var headers = GatedPipelines.Headers(delivery.BasicProperties, delivery.Redelivered);
            try
            {
                await _pipeline.Value.Dispatch(body, headers, CancellationToken.None);
            }
            catch (Exception e)
            {
                LogMovedToFailed(e, Queue, delivery.BasicProperties.MessageId);
                await _pipelines.MoveToFailedAsync(channel, Queue, delivery.BasicProperties, body, e);
            }

            await Failpoint.AroundAsync("intake.ack", () => channel.BasicAckAsync(delivery.DeliveryTag, multiple: false).AsTask());
        }
        catch (Exception e)
        {
            // Not acknowledged: with the channel closed the broker delivers it again, here or elsewhere.
            LogNotAcknowledged(e, Queue);
            await channel.AbortAsync();
        }
        finally
        {
            Handling.Value = null;
            _delivery.Release();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The channel of {Queue} was lost")]
    private partial void LogChannelLost(Exception exception, string queue);

    [LoggerMessage(Level = LogLevel.Error, Message = "A message of {Queue} failed and was moved to its failed queue: {MessageId}")]
    private partial void LogMovedToFailed(Exception exception, string queue, string? messageId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A message of {Queue} could not be acknowledged and will be delivered again")]
    private partial void LogNotAcknowledged(Exception exception, string queue);
}
