using MassTransit;
using Orchestrator.Artifacts;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Results;
using Orchestrator.Contracts.Steps;
using Orchestrator.Pipeline.Flow;
using Orchestrator.Pipeline.Graph;
using Orchestrator.Validation.Policy;

namespace Orchestrator.Pipeline.Saga;

/// <summary>The end of a run: its artifacts are assembled, its outcome is kept and published.</summary>
public sealed class JobEnding(AcceptedJobs acceptedJobs, IJobAssembler assembler, ConcurrencyKeys keys, TimeProvider clock)
{
    /// <summary>Ends the run.</summary>
    /// <param name="context">The message that ended it.</param>
    /// <param name="failedStep">The step that failed it, or null.</param>
    public async Task Finish(BehaviorContext<PipelineState> context, string? failedStep)
    {
        var (run, progress) = (context.Saga, context.Saga.Progress);
        var failed = failedStep is null ? null : progress.Find(failedStep);
        var standing = progress.CancelReason is not null ? RunStanding.Cancelled
            : progress.Rejection is not null || failed is not null ? RunStanding.Failed
            : RunStanding.Completed;
        var draft = new JobOutcome
        {
            Summary = Summary(standing, run, failed),
            Usage = progress.Usage,
            Launches = (int)(progress.Launches - progress.EarlierLaunches),
            EarlierMicroUsd = progress.EarlierMicroUsd,
            Reused = progress.Reused ?? [],
            StepId = failedStep,
            ErrorCode = standing == RunStanding.Cancelled ? ErrorCodes.Cancelled
                : progress.Rejection is not null ? ErrorCodes.Rejected
                : failed is null ? null : failed.Report?.ErrorCode ?? ErrorCodes.AgentFailed,
            ErrorMessage = progress.CancelReason ?? progress.Rejection ?? failed?.Report?.ErrorMessage,
            Changed = progress.Steps.Exists(step => step.Report is not null) ? progress.Steps.Exists(step => step is { Phase: StepPhase.Succeeded, Report.Changed: true }) : null,
            StartedAt = run.StartedAt,
            FinishedAt = clock.GetUtcNow(),
        };
        var outcome = await assembler.AssembleAsync(
            new FinishedRun
            {
                Accepted = await acceptedJobs.ReadAsync(new DocumentReference(run.DocumentPath, run.DocumentSha256), context.CancellationToken).ConfigureAwait(false),
                Run = run.Run,
                Status = standing switch
                {
                    RunStanding.Completed => ResultStatus.Success,
                    RunStanding.Cancelled => ResultStatus.Cancelled,
                    _ => failed?.Report?.Outcome == StepOutcome.TimedOut ? ResultStatus.Timeout : ResultStatus.Failed,
                },
                Outcome = draft,
                Steps = [.. progress.Steps.Select(step => new FinishedStep(step.Id, step.Attempt, step.Report, step.Phase == StepPhase.Tolerated) { StartFrom = step.StartFrom })],
                Heads = [.. Lineage.Heads(run).Select(step => step.Id)],
            },
            context.CancellationToken).ConfigureAwait(false);
        run.End(outcome, standing);
        await keys.ReleaseAsync(context).ConfigureAwait(false);
        await Publish(context, standing, outcome).ConfigureAwait(false);
    }

    /// <summary>Publishes the outcome of a run that is over again: somebody missed it.</summary>
    public Task PublishOutcome(BehaviorContext<PipelineState> context) =>
        Publish(context, Enum.Parse<RunStanding>(context.Saga.CurrentState), context.Saga.Outcome);

    private static Task Publish(BehaviorContext<PipelineState> context, RunStanding standing, JobOutcome outcome)
    {
        var run = context.Saga;
        return standing switch
        {
            RunStanding.Completed => context.Publish(new JobCompleted(run.CorrelationId, run.JobId, run.Run, outcome)),
            RunStanding.Cancelled => context.Publish(new JobCancelled(run.CorrelationId, run.JobId, run.Run, outcome)),
            _ => context.Publish(new JobFailed(run.CorrelationId, run.JobId, run.Run, outcome)),
        };
    }

    private static string Summary(RunStanding standing, PipelineState run, StepProgress? failed)
    {
        var progress = run.Progress;
        // What a merge says of itself is no summary of a job.
        return standing switch
        {
            RunStanding.Cancelled => progress.CancelReason!,
            RunStanding.Failed => progress.Rejection ?? $"Step {failed!.Id} failed: {failed.Report?.ErrorMessage ?? failed.Report?.Summary}",
            _ => progress.Steps.FindAll(step => step is { Phase: StepPhase.Succeeded, Report: not null })
                .OrderBy(step => run.PlanOf(step).Agent != KnownAgents.Merge).LastOrDefault()?.Report!.Summary ?? "Nothing had to be done.",
        };
    }
}
