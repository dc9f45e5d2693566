using MassTransit;
using Orchestrator.Contracts.Budget;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;
using Orchestrator.Messaging;
using Orchestrator.Pipeline.Graph;

namespace Orchestrator.Pipeline.Saga;

/// <summary>What becomes of a step when a launch of it is over: done, tried again, parked, failed, cancelled; and what it cost.</summary>
public sealed class StepOutcomes(StepLaunch launches, StepParking parking)
{
    /// <summary>Follows the report of the launch that counts.</summary>
    public Task Follow(BehaviorContext<PipelineState> context, StepProgress step, StepFinished report)
    {
        // A launch that was given back or lost has seen nothing of what is waited for.
        if (report.Outcome is StepOutcome.Succeeded or StepOutcome.Failed or StepOutcome.FailedForGood or StepOutcome.TimedOut)
            step.ForgetTrouble();
        switch (report.Outcome)
        {
            case StepOutcome.HandedBack:
                return launches.Launch(context, step);
            case StepOutcome.Lost when ++step.Lost < RetryPlan.LostLaunchLimit:
                return launches.Launch(context, step);
            case StepOutcome.Lost:
                step.Report = report with { ErrorCode = ErrorCodes.Poisoned, ErrorMessage = $"{step.Lost} launches were lost with their runner. The step is not tried again." };
                return FailStep(context, step);
            case StepOutcome.Parked when parking.IsGivenUp(step, report):
                step.Report = report with { Outcome = StepOutcome.Failed, ErrorMessage = $"{report.ErrorMessage} It was waited for since {step.UnavailableSince:u}." };
                return FailStep(context, step);
            case StepOutcome.Parked:
                step.Report = report;
                return parking.ParkReported(context, step, report);
            case StepOutcome.Succeeded:
                step.Report = report;
                return Succeed(context, step);
            case StepOutcome.Failed or StepOutcome.TimedOut when ++step.Failures <= context.Saga.PlanOf(step).MaxRetries:
                step.Report = report;
                return parking.BackOff(context, step, report);
            default:
                step.Report = report;
                return FailStep(context, step);
        }
    }

    /// <summary>The launch succeeded: ask a person when its work looks as if it held a secret, or when the step says so; else the step is done.</summary>
    public Task Succeed(BehaviorContext<PipelineState> context, StepProgress step)
    {
        step.Release(context.Saga.Progress.ReleasedSecrets ?? []);
        if (step.Report is { IsSealed: true } report)
            return parking.ParkSealed(context, step, report);
        if (context.Saga.PlanOf(step).Approval == StepApproval.After)
            return parking.Park(context, step, ParkReason.Approval, $"Step {step.Id} is done and waits for approval.", null);
        step.End(StepPhase.Succeeded);
        return Task.CompletedTask;
    }

    /// <summary>No attempt is left: follow the step's rule.</summary>
    public Task FailStep(BehaviorContext<PipelineState> context, StepProgress step)
    {
        switch (FailureRule.Parse(context.Saga.PlanOf(step).OnFailure).Kind)
        {
            case FailureRuleKind.Continue:
                step.End(StepPhase.Tolerated);
                break;
            case FailureRuleKind.Goto:
                step.End(StepPhase.Jumping);
                break;
            case FailureRuleKind.AskHuman:
                return parking.Park(context, step, ParkReason.NeedsHuman, $"Step {step.Id} failed ({step.Report?.ErrorCode}): {step.Report?.ErrorMessage} Approve to go on without it, wake to try again, or reject.", null);
            default:
                step.End(StepPhase.Failed);
                break;
        }

        return Task.CompletedTask;
    }

    /// <summary>Ends a step for a cancelled job: a running one when its runner confirms it, all else at once.</summary>
    public async Task CancelStep(BehaviorContext<PipelineState> context, StepProgress step)
    {
        if (step.Stage is StepStage.Dispatched or StepStage.Running)
        {
            await launches.SendAgain(context, step).ConfigureAwait(false);
            return;
        }

        // It waits for nothing any more.
        if (step.Report is { Outcome: StepOutcome.Parked } parked)
            step.Report = parked with { Outcome = StepOutcome.Cancelled, ErrorCode = ErrorCodes.Cancelled };
        if (step.Stage == StepStage.Reserving)
            await context.Send(Queues.Address(Queues.Budget), new ReleaseBudget(context.Saga.KeyOf(step), "cancelled before launch")).ConfigureAwait(false);
        step.End(StepPhase.Skipped);
    }

    /// <summary>
    /// Books what a launch used, with <see cref="Book"/>. The cost of a lost launch is not known: the ledger says so, and its reservation stays until it is reconciled.
    /// </summary>
    public static void Settle(BehaviorContext<PipelineState> context, StepFinished report) =>
        context.Saga.Settlement = new SettleBudget(report.Key, report.Usage.CostMicroUsd, report.Usage.Calls, report.Outcome);

    /// <summary>Sends the settlement, and with it the reservations of whatever starts because of it: one message instead of two or more. Called once per message, when everything is decided.</summary>
    public static async Task Book(BehaviorContext<PipelineState> context)
    {
        if (context.Saga.Settlement is not { } settlement)
            return;
        context.Saga.Settlement = null;
        await context.Send(Queues.Address(Queues.Budget), settlement).ConfigureAwait(false);
    }
}
