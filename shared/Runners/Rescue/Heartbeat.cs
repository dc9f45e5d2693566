using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Runners.Attempts;

namespace Orchestrator.Runners.Rescue;

/// <summary>
/// Renews the leases of all attempts that run here in one statement, and ends those that are lost or whose cancel was asked for. Asks nothing while nothing runs.
/// While the database is away everything goes on. Away for everybody, nobody can take a step; away for this process alone, whoever takes one says so by
/// <c>CancelStep</c>. Its first answer says what is lost.
/// </summary>
public sealed partial class Heartbeat(
    RunningAttempts running,
    RunnerInstance instance,
    IServiceScopeFactory scopes,
    IOptions<LeaseOptions> options,
    TimeProvider clock,
    ILogger<Heartbeat> logger) : BackgroundService
{
    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.Heartbeat, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            var before = running.All;
            if (before.Count == 0)
                continue;

            try
            {
                await using var scope = scopes.CreateAsyncScope();
                var held = await scope.ServiceProvider.GetRequiredService<StepLeases>()
                    .RenewAsync(instance.Name, options.Value.Duration, [.. before.Select(attempt => attempt.Command.Key)], stoppingToken).ConfigureAwait(false);
                foreach (var attempt in before)
                {
                    var lease = held.FirstOrDefault(lease => lease.Key == attempt.Command.Key);
                    if (lease is null)
                        attempt.Stop(StopReason.LeaseLost);
                    else if (lease.CancelRequested)
                        attempt.Stop(StopReason.Cancelled);
                }
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogMissed(logger, exception);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Leases could not be renewed")]
    private static partial void LogMissed(ILogger logger, Exception exception);
}
