using MassTransit;
using Microsoft.Extensions.Options;
using Orchestrator.Contracts.Steps;
using Orchestrator.Hosting.Failpoints;
using Orchestrator.Messaging;
using Orchestrator.Persistence.Outbox;
using Orchestrator.Runners.Attempts;

namespace Orchestrator.Runners.Intake;

/// <summary>Claims the lease of an attempt in milliseconds and lets it run outside the delivery (law 4). The lease row is what makes a repeated command harmless.</summary>
public sealed class RunStepConsumer(
    StepLeases leases,
    MessageOutbox<RunnerDbContext> outbox,
    AttemptRunner runner,
    RunningAttempts running,
    RunnerSlots slots,
    RunnerInstance instance,
    IOptions<LeaseOptions> lease,
    TimeProvider clock) : IConsumer<RunStep>
{
    /// <inheritdoc />
    public async Task Consume(ConsumeContext<RunStep> context)
    {
        var command = context.Message;
        if (!await slots.TakeAsync(command.Role).ConfigureAwait(false))
        {
            // The queue was being closed while this message was on its way: it goes back to the end of the line.
            await Failpoint.AroundAsync("runner.return.publish", () => context.Send(Queues.Address(Queues.Of(command.Role)), command)).ConfigureAwait(false);
            return;
        }

        var started = false;
        try
        {
            started = await outbox.InTransactionAsync(cancel => ClaimAsync(command, cancel), context.CancellationToken).ConfigureAwait(false)
                && runner.Start(command);
        }
        finally
        {
            if (!started)
                await slots.ReleaseAsync(command.Role).ConfigureAwait(false);
        }
    }

    /// <summary>Whether this process has the lease. A claim whose commit was never confirmed is found again by the retry.</summary>
    private async Task<bool> ClaimAsync(RunStep command, CancellationToken cancellationToken)
    {
        var (ours, claimed, report) = await leases.ClaimAsync(command, instance.Name, lease.Value.Duration, cancellationToken).ConfigureAwait(false);
        if (claimed)
        {
            running.Claim(command.Key);
            await outbox.Publish(new StepStarted(command.Key, command.Role, command.Agent, instance.Name, clock.GetUtcNow()), cancellationToken).ConfigureAwait(false);
        }
        else if (report is not null)
        {
            await outbox.Publish(report, cancellationToken).ConfigureAwait(false);
        }

        return ours;
    }
}
