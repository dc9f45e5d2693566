using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orchestrator.Contracts.Steps;
using Orchestrator.Runners.Attempts;
using Orchestrator.Runners.Intake;

namespace Orchestrator.Runners.Rescue;

/// <summary>Before the bus stops: takes no more messages, ends what runs and gives it back, so that another runner goes on at once and no attempt is burned.</summary>
public sealed class GracefulStop(
    RunnerRoles roles,
    RunnerSlots slots,
    RunningAttempts running,
    IOptions<RunnerOptions> options,
    TimeProvider clock) : IHostedLifecycleService
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    /// <inheritdoc />
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        // A broker that is gone never says that it stopped delivering: then there is nothing to wait for.
        await slots.CloseAsync(roles.Roles).WaitAsync(CloseTimeout, clock, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var deadline = clock.GetUtcNow() + options.Value.StopTimeout;
        while (!running.IsEmpty && clock.GetUtcNow() < deadline && !cancellationToken.IsCancellationRequested)
        {
            foreach (var attempt in running.All)
                attempt.Stop(StopReason.HandBack);
            await Task.Delay(TimeSpan.FromMilliseconds(20), clock, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>The roles that this process runs.</summary>
/// <param name="Roles">Each has its queue.</param>
public sealed record RunnerRoles(IReadOnlyList<StepRole> Roles);
