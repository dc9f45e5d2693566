using MassTransit;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;
using Orchestrator.Pipeline.Flow;
using Orchestrator.Pipeline.Graph;

namespace Orchestrator.Pipeline.Saga;

/// <summary>Carries out what the graph says: starts what is ready, makes the jumps of <c>goto</c>, and knows when a run is over.</summary>
public sealed class RunDirector(StepLaunch launches, StepParking parking, ConcurrencyKeys keys)
{
    /// <summary>Starts whatever may start now and makes the jumps of <c>goto</c>. Answers whether the run is over and which step failed it.</summary>
    public async Task<Decision> Advance(BehaviorContext<PipelineState> context)
    {
        var (run, progress) = (context.Saga, context.Saga.Progress);
        if (progress.CancelReason is not null || progress.Rejection is not null)
            return progress.InFlight ? Decision.Wait : new Decision([], null, Over: true, FailedStep: null);
        if (progress.AwaitingApproval || !await keys.AdmitAsync(context).ConfigureAwait(false))
            return Decision.Wait;

        var graph = run.Plan.Graph();
        while (true)
        {
            if (progress.Steps.Exists(step => step.Phase == StepPhase.Failed))
                progress.Steps.FindAll(step => step.Stage is StepStage.Parked or StepStage.Queued).ForEach(step => step.End(StepPhase.Skipped));
            var decision = NextSteps.Decide(graph, progress.Phases());
            if (decision.Jump is null)
            {
                foreach (var id in decision.Ready)
                    await Begin(context, progress.Find(id)!).ConfigureAwait(false);
                return decision;
            }

            Make(progress, decision.Jump);
        }
    }

    private Task Begin(BehaviorContext<PipelineState> context, StepProgress step) =>
        context.Saga.PlanOf(step).Approval == StepApproval.Before && !step.Approved
            ? parking.Park(context, step, ParkReason.Approval, $"Step {step.Id} waits for approval before it starts.", null)
            : launches.Launch(context, step);

    private static void Make(RunProgress progress, Jump jump)
    {
        var from = progress.Find(jump.From)!;
        var again = jump.Again.Select(id => progress.Find(id)!).ToList();
        if (again.Exists(step => step.Attempt > 0 && step.Visit >= RetryPlan.VisitLimit))
        {
            from.Report = from.Report! with
            {
                ErrorCode = ErrorCodes.VisitLimit,
                ErrorMessage = $"{from.Report.ErrorMessage} The jump to {jump.To} was made {RetryPlan.VisitLimit - 1} times already.",
            };
            from.End(StepPhase.Failed);
            return;
        }

        if (again.Count == 0)
        {
            from.End(StepPhase.Tolerated);
            foreach (var step in jump.Skip.Select(id => progress.Find(id)!))
            {
                step.End(StepPhase.Skipped);
                step.PassedOver = true;
            }

            return;
        }

        progress.Find(jump.To)!.Comments.Add($"Step {jump.From} failed and sent the work back: {from.Report?.ErrorMessage ?? from.Report?.Summary}");
        again.ForEach(step => step.VisitAgain());
    }
}
