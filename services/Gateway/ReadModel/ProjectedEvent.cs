using System.Diagnostics;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;
using Orchestrator.Gateway.Jobs;

namespace Orchestrator.Gateway.ReadModel;

/// <summary>An event on its way into the read model.</summary>
/// <param name="PipelineId">The run that it is about.</param>
/// <param name="Fact">What it tells, once per job: the key by which a copy is known.</param>
/// <param name="Token">The launch that it is about, or null.</param>
/// <param name="Apply">What it changes.</param>
public sealed record ProjectedEvent(Guid PipelineId, string Fact, long? Token, Func<JobProjection, KnownJob, CancellationToken, Task> Apply)
{
    /// <summary>Whether it has put a result on its way to a receiver.</summary>
    public bool HasCallback { get; set; }

    /// <summary>The trace of its message.</summary>
    public Activity? Trace { get; } = Activity.Current;

    /// <summary>The run under which its job is shown; null until it is found, and for a job that is not known.</summary>
    public Guid? ShownUnder { get; set; }

    public static ProjectedEvent Of(JobStarted message) =>
        new(message.PipelineId, $"job_started:{message.Run}", null, (projection, job, cancel) => projection.StartedAsync(job, message, cancel));

    public static ProjectedEvent Of(JobQueued message) =>
        new(message.PipelineId, $"job_queued:{message.Run}", null, (projection, job, cancel) => projection.QueuedAsync(job, message, cancel));

    public static ProjectedEvent Of(StepStarted message) =>
        new(message.Key.PipelineId, $"step_started:{message.Key.Token}", message.Key.Token, (projection, job, cancel) => projection.StepStartedAsync(job, message, cancel));

    public static ProjectedEvent Of(StepFinished message) =>
        new(message.Key.PipelineId, $"step_finished:{message.Key.Token}", message.Key.Token, (projection, job, cancel) => projection.StepFinishedAsync(job, message, cancel));

    public static ProjectedEvent Of(JobParked message) =>
        new(message.PipelineId, $"job_parked:{message.StepId}:{message.At.UtcTicks}", null, (projection, job, cancel) => projection.ParkedAsync(job, message, cancel));

    public static ProjectedEvent Of(JobHalted message) =>
        new(message.PipelineId, $"job_halted:{message.At.UtcTicks}", null, (projection, job, cancel) => projection.HaltedAsync(job, message, cancel));

    public static ProjectedEvent Of(JobResumed message) =>
        new(message.PipelineId, $"job_resumed:{message.StepId}:{message.At.UtcTicks}", null, (projection, job, cancel) => projection.ResumedAsync(job, message, cancel));

    public static ProjectedEvent Ended(Guid pipelineId, int run, JobStatus status, JobOutcome outcome) =>
        new(pipelineId, $"job_over:{run}", null, (projection, job, cancel) => projection.EndedAsync(job, run, status, outcome, cancel));
}
