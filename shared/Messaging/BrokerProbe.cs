using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Orchestrator.Hosting;
using RabbitMQ.Client;

namespace Orchestrator.Messaging;

/// <summary>
/// Readiness: the broker takes messages. A connection stays open while the broker's memory or disk is full, or while it hangs, and nothing that is sent
/// arrives; so a message to nobody is sent, on a connection of its own, since a blocked one takes no acknowledgements either.
/// </summary>
internal sealed class BrokerProbe(IConfiguration configuration, IOptions<MessagingOptions> options, ServiceName service) : IHealthCheck, IAsyncDisposable
{
    private const string Nobody = "orchestrator.probe";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private IConnection? _connection;
    private IChannel? _channel;
    private Task? _pending;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_pending is not { IsCompleted: false })
                _pending = SendAsync();
            await _pending.WaitAsync(Limit, cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (TimeoutException)
        {
            return HealthCheckResult.Unhealthy($"The broker did not take a message within {Limit.TotalSeconds:0} s: it hangs, or its memory or disk is full.");
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy("The broker does not answer.", exception);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _turn.Dispose();
        // A broker that hangs does not answer a farewell.
        if (_connection is { } connection)
            await connection.AbortAsync(Constants.ReplySuccess, "stopped", Limit);
    }

    private async Task SendAsync()
    {
        if (_channel is not { IsOpen: true })
        {
            if (_connection is { } old)
                await old.DisposeAsync();
            var address = BrokerAddress.From(configuration, options.Value, service.Value);
            _connection = await address.Factory().CreateConnectionAsync(address.Connection + " probe");
            _channel = await _connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        }

        await _channel.BasicPublishAsync("", Nobody, mandatory: false, new BasicProperties(), ReadOnlyMemory<byte>.Empty);
    }
}
