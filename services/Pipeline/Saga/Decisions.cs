using MassTransit;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;
using Orchestrator.Pipeline.Graph;

namespace Orchestrator.Pipeline.Saga;

/// <summary>What people decide about a run that waits for them.</summary>
public sealed class Decisions(StepLaunch launches, StepOutcomes outcomes, RunNews news, TimeProvider clock)
{
    /// <summary>A person approves.</summary>
    public void Approve(BehaviorContext<PipelineState, ApproveJob> context)
    {
        var (run, command) = (context.Saga, context.Message);
        var jobWaits = JobWaits(run, command.StepId, command.Seen);
        var steps = Waiting(run, command.StepId, command.Seen, ParkReason.Approval, ParkReason.NeedsHuman);
        if (jobWaits || steps.Count > 0)
            Remember(run, command.Actor, command.Comment);
        if (jobWaits)
        {
            run.Progress.AwaitingApproval = false;
            news.Resumed(context, null, command.Actor);
        }

        foreach (var step in steps)
        {
            news.Resumed(context, step.Id, command.Actor);
            if (step.Parked == ParkReason.NeedsHuman)
            {
                step.End(StepPhase.Tolerated);
            }
            else if (run.PlanOf(step).Approval == StepApproval.After)
            {
                step.End(StepPhase.Succeeded);
            }
            else
            {
                step.End(StepPhase.Waiting);
                step.Approved = true;
            }
        }
    }

    /// <summary>A person rejects: the whole job, or the step, whose rule then says what follows.</summary>
    public async Task Reject(BehaviorContext<PipelineState, RejectJob> context)
    {
        var (run, command) = (context.Saga, context.Message);
        var message = command.Comment is null ? $"Rejected by {command.Actor}." : $"Rejected by {command.Actor}: {command.Comment}";
        if (JobWaits(run, command.StepId, command.Seen))
        {
            run.Progress.AwaitingApproval = false;
            run.Progress.Rejection = message;
            return;
        }

        foreach (var step in Waiting(run, command.StepId, command.Seen, ParkReason.Approval, ParkReason.NeedsHuman, ParkReason.MergeConflict, ParkReason.SecretInOutput))
        {
            var final = step.Parked != ParkReason.Approval;
            step.Report = (step.Report ?? run.Unlaunched(step, ErrorCodes.Rejected, message, clock.GetUtcNow())) with
            {
                Outcome = StepOutcome.FailedForGood,
                ErrorCode = ErrorCodes.Rejected,
                ErrorMessage = message,
            };
            if (final)
                step.End(StepPhase.Failed);
            else
                await outcomes.FailStep(context, step).ConfigureAwait(false);
        }
    }

    /// <summary>A person ends a merge conflict; the step goes on with the side or commit that they took.</summary>
    public async Task Resolve(BehaviorContext<PipelineState, ResolveJob> context)
    {
        var (run, command) = (context.Saga, context.Message);
        var steps = Waiting(run, command.StepId, command.Seen, ParkReason.MergeConflict);
        if (steps.Count > 0)
            Remember(run, command.Actor, command.Comment);
        foreach (var step in steps)
        {
            step.Resolution = command.Resolution;
            news.Resumed(context, step.Id, command.Actor);
            await launches.Launch(context, step).ConfigureAwait(false);
        }
    }

    /// <summary>A person releases what looks like a secret. When nothing else was found the step goes on from where it stopped; its work is not done again.</summary>
    public async Task Release(BehaviorContext<PipelineState, ReleaseSecrets> context)
    {
        var (run, command) = (context.Saga, context.Message);
        foreach (var step in Waiting(run, null, null, ParkReason.SecretInOutput))
        {
            var released = step.Report!.Secrets.Where(secret => secret.Fingerprint.Length > 0 && command.Fingerprints.Contains(secret.Fingerprint, StringComparer.Ordinal)).ToList();
            if (released.Count == 0)
                continue;
            run.Progress.ReleasedSecrets = [.. (run.Progress.ReleasedSecrets ?? []).Union(released.Select(secret => secret.Fingerprint), StringComparer.Ordinal)];
            var words = $"Released by {command.Actor}: {StepParking.Named(released)}.{(command.Comment is null ? "" : " " + command.Comment)}";
            step.Report = step.Report with { Notices = [.. step.Report.Notices, words] };
            await outcomes.Succeed(context, step).ConfigureAwait(false);
            if (step.Parked != ParkReason.SecretInOutput)
                news.Resumed(context, step.Id, command.Actor);
        }
    }

    private static void Remember(PipelineState run, string actor, string? comment)
    {
        if (!string.IsNullOrWhiteSpace(comment))
            run.Progress.Comments.Add($"{actor}: {comment}");
    }

    private static bool JobWaits(PipelineState run, string? stepId, IReadOnlyList<SeenWaiting>? seen) =>
        run.Progress.AwaitingApproval && stepId is null && Saw(seen, null, run.Progress.ParkedAt);

    private static List<StepProgress> Waiting(PipelineState run, string? stepId, IReadOnlyList<SeenWaiting>? seen, params ParkReason[] reasons) =>
        run.Progress.Steps.FindAll(step => step.Parked is { } reason && step.Stage == StepStage.Parked && reasons.Contains(reason)
            && (stepId is null || string.Equals(step.Id, stepId, StringComparison.Ordinal)) && Saw(seen, step.Id, step.ParkedAt));

    private static bool Saw(IReadOnlyList<SeenWaiting>? seen, string? stepId, DateTimeOffset? since) => seen is null || seen.Any(wait => wait.Is(stepId, since));
}
