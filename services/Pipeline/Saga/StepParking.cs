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
    /// <summary>Findings that a person is told in words; the rest follow once these are released.</summary>
    private const int MostNamed = 20;

    /// <summary>Parks a step: it holds nothing and goes on at <paramref name="wakeAt"/>, or when a person says so.</summary>
    public async Task Park(BehaviorContext<PipelineState> context, StepProgress step, ParkReason reason, string detail, DateTimeOffset? wakeAt)
    {
        await news.Start(context).ConfigureAwait(false);
        step.Phase = StepPhase.Active;
        step.Stage = StepStage.Parked;
        step.Parked = reason;
        step.DueAt = wakeAt;
        // Whoever has to decide sees what there is to decide about: both sides of a conflict, the work to approve.
        if (reason is ParkReason.Approval or ParkReason.NeedsHuman or ParkReason.MergeConflict)
        {
            var reports = context.Saga.Progress.Steps.Select(earlier => earlier.Report).OfType<StepFinished>();
            await assembler.ShowAsync(context.Saga.JobId, reports, context.CancellationToken).ConfigureAwait(false);
        }

        news.Parked(context, step.Id, reason, detail, wakeAt);
    }

    /// <summary>Parks what looks as if it held a secret: the work is done, and nobody sees it before a person has decided.</summary>
    public Task ParkSealed(BehaviorContext<PipelineState> context, StepProgress step, StepFinished report)
    {
        return Park(
            context, step, ParkReason.SecretInOutput,
            $"The work of step {step.Id} is done and withheld, since it looks as if it held a secret: {Named(report.Secrets)}. Release what is none by its fingerprint, or reject.", null);
    }

    /// <summary>The first findings in words, and how many more there are.</summary>
    public static string Named(IReadOnlyList<SecretFinding> secrets) =>
        string.Join("; ", secrets.Take(MostNamed)) + (secrets.Count > MostNamed ? $"; and {secrets.Count - MostNamed} more" : "");

    /// <summary>Parks for the reason that the runner reported.</summary>
    public Task ParkReported(BehaviorContext<PipelineState> context, StepProgress step, StepFinished report)
    {
        var reason = ReasonOf(report);
        // An account without money and an outage end when somebody mends them, and each look is a launch. One with a time of its own is no look at those.
        var probes = report.RetryAt is null && reason is ParkReason.ProviderLimit or ParkReason.Outage;
        step.Probes += probes ? 1 : 0;
        DateTimeOffset? wakeAt = reason == ParkReason.MergeConflict
            ? null
            : report.RetryAt ?? clock.GetUtcNow() + RetryPlan.Probe(options.Value.ProbeAgain, probes ? step.Probes : 1);
        var said = report.ErrorMessage ?? report.Summary;
        return Park(context, step, reason, probes ? $"{said} The step looks again by itself, at growing pauses; wake the job to have it look now." : said, wakeAt);
    }

    /// <summary>Whether what this launch found missing has been missing for too long; notes since when it is.</summary>
    public bool IsGivenUp(StepProgress step, StepFinished report)
    {
        var reason = ReasonOf(report);
        TimeSpan? deadline = reason switch
        {
            ParkReason.SandboxUnavailable or ParkReason.AgentUnavailable => options.Value.UnavailableDeadline,
            ParkReason.Outage => options.Value.OutageDeadline,
            _ => null,
        };
        if (deadline is null)
            return false;
        // A limit in between changes nothing; something else that is missing has a deadline of its own.
        var now = clock.GetUtcNow();
        if (step.Unavailable is null || (step.Unavailable == ParkReason.Outage) != (reason == ParkReason.Outage))
            (step.Unavailable, step.UnavailableSince) = (reason, now);
        return now - step.UnavailableSince >= deadline;
    }

    /// <summary>Why a launch that was reported as parked waits.</summary>
    public static ParkReason ReasonOf(StepFinished report) => report.ErrorCode switch
    {
        ErrorCodes.ProviderLimit => ParkReason.ProviderLimit,
        ErrorCodes.AgentUnavailable => ParkReason.AgentUnavailable,
        ErrorCodes.SandboxUnavailable => ParkReason.SandboxUnavailable,
        ErrorCodes.MergeConflict => ParkReason.MergeConflict,
        _ => ParkReason.Outage,
    };

    /// <summary>Parks between two attempts.</summary>
    public Task BackOff(BehaviorContext<PipelineState> context, StepProgress step, StepFinished report)
    {
        var pause = RetryPlan.Backoff(context.Saga.PlanOf(step).BackoffSec, step.Failures, Random.Shared.NextDouble());
        return Park(context, step, ParkReason.Backoff, $"Attempt {step.Attempt} failed ({report.ErrorCode}): {report.ErrorMessage}", clock.GetUtcNow() + pause);
    }
}
