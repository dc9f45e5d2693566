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
        Remember(run, command.Actor, command.Comment);
        if (run.Progress.AwaitingApproval && command.StepId is null)
        {
            run.Progress.AwaitingApproval = false;
            news.Resumed(context, null, command.Actor);
        }

        foreach (var step in Waiting(run, command.StepId, ParkReason.Approval, ParkReason.NeedsHuman))
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
        if (run.Progress.AwaitingApproval && command.StepId is null)
        {
            run.Progress.AwaitingApproval = false;
            run.Progress.Rejection = message;
            return;
        }

        foreach (var step in Waiting(run, command.StepId, ParkReason.Approval, ParkReason.NeedsHuman, ParkReason.MergeConflict, ParkReason.SecretInOutput))
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
        Remember(context.Saga, context.Message.Actor, context.Message.Comment);
        foreach (var step in Waiting(context.Saga, context.Message.StepId, ParkReason.MergeConflict))
        {
            step.Resolution = context.Message.Resolution;
            news.Resumed(context, step.Id, context.Message.Actor);
            await launches.Launch(context, step).ConfigureAwait(false);
        }
    }

    private static void Remember(PipelineState run, string actor, string? comment)
    {
        if (!string.IsNullOrWhiteSpace(comment))
            run.Progress.Comments.Add($"{actor}: {comment}");
    }

    private static List<StepProgress> Waiting(PipelineState run, string? stepId, params ParkReason[] reasons) =>
        run.Progress.Steps.FindAll(step => step.Parked is { } reason && step.Stage == StepStage.Parked && reasons.Contains(reason)
            && (stepId is null || string.Equals(step.Id, stepId, StringComparison.Ordinal)));
}
