using MassTransit;
using Orchestrator.Contracts.Jobs;

namespace Orchestrator.Pipeline.Saga;

/// <summary>What a run tells everybody of its beginning, its waiting and its going on. That a step waits or goes on is held back until it is decided what else of the run is on its way.</summary>
public sealed class RunNews(TimeProvider clock)
{
    /// <summary>Tells, once, that the run has begun.</summary>
    public Task Start(BehaviorContext<PipelineState> context)
    {
        var (run, progress) = (context.Saga, context.Saga.Progress);
        if (progress.Started)
            return Task.CompletedTask;
        progress.Started = true;
        run.StartedAt = clock.GetUtcNow();
        return context.Publish(new JobStarted(run.CorrelationId, run.JobId, run.Run, run.StartedAt, progress.Reused));
    }

    /// <summary>The job, or one step of it, waits.</summary>
    public void Parked(BehaviorContext<PipelineState> context, string? stepId, ParkReason reason, string detail, DateTimeOffset? wakeAt)
    {
        var (run, now) = (context.Saga, clock.GetUtcNow());
        if (stepId is null)
            run.Progress.ParkedAt = now;
        else
            run.Progress.Find(stepId)!.ParkedAt = now;
        run.News.Add(new JobParked(run.CorrelationId, run.JobId, run.Run, stepId, reason, detail, wakeAt, now));
    }

    /// <summary>It goes on.</summary>
    public void Resumed(BehaviorContext<PipelineState> context, string? stepId, string actor) =>
        context.Saga.News.Add(new JobResumed(context.Saga.CorrelationId, context.Saga.JobId, context.Saga.Run, stepId, actor, clock.GetUtcNow()));

    /// <summary>Tells what was held back, and that nothing moves any more where no new wait says so. Called once per message, when everything is decided.</summary>
    public async Task Tell(BehaviorContext<PipelineState> context)
    {
        var (run, progress) = (context.Saga, context.Saga.Progress);
        foreach (var news in run.News)
        {
            await (news is JobParked parked
                ? context.Publish(parked with { Moving = progress.Moving })
                : context.Publish((JobResumed)news with { Moving = progress.Moving })).ConfigureAwait(false);
        }

        if (!progress.Moving && !progress.Halted && progress.Steps.Exists(step => step.Stage == StepStage.Parked) && !run.News.Exists(news => news is JobParked))
            await context.Publish(new JobHalted(run.CorrelationId, run.JobId, run.Run, clock.GetUtcNow())).ConfigureAwait(false);
        progress.Halted = !progress.Moving;
        run.News.Clear();
    }
}
