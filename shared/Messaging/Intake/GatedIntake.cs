using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Hosting;
using Orchestrator.Messaging.Topology;
using RabbitMQ.Client;

namespace Orchestrator.Messaging.Intake;

/// <summary>Keeps one connection to the broker for the gates of this process, and says at readiness when there is none.</summary>
internal sealed partial class GatedIntake(
    IntakeGates gates,
    IConfiguration configuration,
    IOptions<MessagingOptions> options,
    ServiceName service,
    ILogger<GatedIntake> log,
    TimeProvider clock) : BackgroundService, IHealthCheck
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan DetachTimeout = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource _attached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private BrokerGate[] Gates { get; } = gates.All.OfType<BrokerGate>().ToArray();

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await base.StartAsync(cancellationToken);
        if (Gates.Length > 0)
            await _attached.Task.WaitAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // What is still under way then is not acknowledged: the broker delivers it again.
        await Task.WhenAll(Gates.Select(gate => gate.DetachAsync())).WaitAsync(DetachTimeout, clock, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.StopAsync(cancellationToken);
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var lost = Gates.Where(gate => !gate.IsConnected).Select(gate => gate.Queue).ToArray();
        return Task.FromResult(lost.Length == 0
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy($"Not connected to {string.Join(", ", lost)}."));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = TimeSpan.FromMilliseconds(200);
        while (Gates.Length > 0 && !stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ServeAsync(() => pause = TimeSpan.FromMilliseconds(200), stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogConnectionLost(e, pause);
                await Task.Delay(pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
            catch (OperationCanceledException)
            {
                // Stopping.
            }
        }
    }

    private async Task ServeAsync(Action connected, CancellationToken ct)
    {
        var address = BrokerAddress.From(configuration, options.Value, service.Value);
        await using var connection = await address.Factory().CreateConnectionAsync(address.Connection + " intake", ct);
        var lost = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.ConnectionShutdownAsync += (_, reason) => Lose(lost, reason.ReplyText);
        foreach (var gate in Gates)
        {
            var channel = await connection.CreateChannelAsync(
                new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), ct);
            channel.ChannelShutdownAsync += (_, reason) => Lose(lost, reason.ReplyText);
            // The broker cancels a consumer whose queue was deleted: the new connection declares it again.
            await BrokerTopology.DeclareAsync(channel, ct);
            await gate.AttachAsync(channel, () => lost.TrySetResult("the broker cancelled the consumer"), ct);
        }

        connected();
        _attached.TrySetResult();
        throw new IOException(await lost.Task.WaitAsync(ct));
    }

    private static Task Lose(TaskCompletionSource<string> lost, string reason)
    {
        lost.TrySetResult(reason);
        return Task.CompletedTask;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The intake lost the broker; next try in {Pause}")]
    private partial void LogConnectionLost(Exception exception, TimeSpan pause);
}
