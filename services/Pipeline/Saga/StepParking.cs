using MassTransit;
using Microsoft.Extensions.Options;
using Orchestrator.Artifacts;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;
using Orchestrator.Pipeline.Graph;

namespace Orchestrator.Pipeline.Saga;

/// <summary>How a step comes to wait: for a person, for a moment, for somebody else's service.</summary>
public sealed class StepParking(RunNews news, IJobAssembler assembler, IOptions<PipelineOptions> options, TimeProvider clock)
{
    /// <summary>Parks a step: it holds nothing and goes on at <paramref name="wakeAt"/>, or when a person says so.</summary>
    public async Task Park(BehaviorContext<PipelineState> context, StepProgress step, ParkReason reason, string detail, DateTimeOffset? wakeAt)
    {
        await news.Start(context).ConfigureAwait(false);
        step.Phase = StepPhase.Active;
        step.Stage = StepStage.Parked;
        step.Parked = reason;
        step.UnavailableSince = reason is ParkReason.SandboxUnavailable or ParkReason.AgentUnavailable ? step.UnavailableSince ?? clock.GetUtcNow() : null;
        step.DueAt = wakeAt;
        // Whoever has to decide sees what there is to decide about: both sides of a conflict, the work to approve.
        if (reason is ParkReason.Approval or ParkReason.NeedsHuman or ParkReason.MergeConflict)
        {
            var reports = context.Saga.Progress.Steps.Select(earlier => earlier.Report).OfType<StepFinished>().Where(report => report.ErrorCode != ErrorCodes.SecretInOutput);
            await assembler.ShowAsync(context.Saga.JobId, reports, context.CancellationToken).ConfigureAwait(false);
        }

        news.Parked(context, step.Id, reason, detail, wakeAt);
    }

    /// <summary>Parks for the reason that the runner reported.</summary>
    public Task ParkReported(BehaviorContext<PipelineState> context, StepProgress step, StepFinished report)
    {
        var reason = report.ErrorCode switch
        {
            ErrorCodes.ProviderLimit => ParkReason.ProviderLimit,
            ErrorCodes.AgentUnavailable => ParkReason.AgentUnavailable,
            ErrorCodes.SandboxUnavailable => ParkReason.SandboxUnavailable,
            ErrorCodes.SecretInOutput => ParkReason.SecretInOutput,
            ErrorCodes.MergeConflict => ParkReason.MergeConflict,
            _ => ParkReason.Outage,
        };
        // A limit that names no end is an account without money: only a person ends that, and nobody knows when.
        step.UnpaidProbes = reason == ParkReason.ProviderLimit && report.RetryAt is null ? step.UnpaidProbes + 1 : 0;
        DateTimeOffset? wakeAt = reason is ParkReason.SecretInOutput or ParkReason.MergeConflict
            ? null
            : report.RetryAt ?? clock.GetUtcNow() + RetryPlan.Probe(options.Value.ProbeAgain, Math.Max(step.UnpaidProbes, 1));
        return Park(context, step, reason, report.ErrorMessage ?? report.Summary, wakeAt);
    }

    /// <summary>Parks between two attempts.</summary>
    public Task BackOff(BehaviorContext<PipelineState> context, StepProgress step, StepFinished report)
    {
        var pause = RetryPlan.Backoff(context.Saga.PlanOf(step).BackoffSec, step.Failures, Random.Shared.NextDouble());
        return Park(context, step, ParkReason.Backoff, $"Attempt {step.Attempt} failed ({report.ErrorCode}): {report.ErrorMessage}", clock.GetUtcNow() + pause);
    }
}
