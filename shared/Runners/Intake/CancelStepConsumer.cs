using MassTransit;
using Orchestrator.Contracts.Steps;
using Orchestrator.Persistence.Outbox;
using Orchestrator.Runners.Attempts;

namespace Orchestrator.Runners.Intake;

/// <summary>Every runner hears of a cancel: the one that runs the attempt ends it at once; one of the others answers for an attempt that nobody claimed yet.</summary>
public sealed class CancelStepConsumer(
    RunningAttempts running,
    StepLeases leases,
    MessageOutbox<RunnerDbContext> outbox,
    RunnerInstance instance,
    TimeProvider clock) : IConsumer<CancelStep>
{
    /// <inheritdoc />
    public async Task Consume(ConsumeContext<CancelStep> context)
    {
        var request = context.Message;
        if (running.Find(request.Key) is { } attempt)
        {
            attempt.Stop(StopReason.Cancelled);
            return;
        }

        var now = clock.GetUtcNow();
        var unclaimed = new StepFinished
        {
            Key = request.Key,
            Outcome = StepOutcome.Cancelled,
            Agent = request.Agent,
            Role = request.Role,
            Summary = request.Reason,
            ErrorCode = ErrorCodes.Cancelled,
            ErrorMessage = request.Reason,
            StartedAt = now,
            FinishedAt = now,
        };
        await outbox.InTransactionAsync(
            async cancel =>
            {
                if (await leases.CancelAsync(unclaimed, instance.Name, cancel).ConfigureAwait(false) is { } report)
                    await outbox.Publish(report, cancel).ConfigureAwait(false);
                return true;
            },
            context.CancellationToken).ConfigureAwait(false);
    }
}
