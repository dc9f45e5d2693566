using Orchestrator.Contracts.Steps;

namespace Orchestrator.Contracts.Jobs;

/// <summary>Command: make sure that this run of the job goes. Repeating it is harmless: a run that is on its way continues, a finished one reports again.</summary>
/// <param name="PipelineId">Saga correlation id, made by the door.</param>
/// <param name="JobId">The job.</param>
/// <param name="Run">Run of the job, from 1.</param>
/// <param name="Document">The normalised job document.</param>
/// <param name="AcceptedAt">When the door accepted it.</param>
/// <param name="Retry">How it follows from the run before; null for the first run.</param>
public sealed record StartPipeline(Guid PipelineId, string JobId, int Run, DocumentReference Document, DateTimeOffset AcceptedAt, RunRetry? Retry = null);

/// <summary>How a run follows from the one before it. Whatever is not run again is reused: artifacts, commits and results, paid for once.</summary>
/// <param name="From">Step to run again with all that depends on it; null goes on at what failed or was left out.</param>
/// <param name="Actor">Who asked.</param>
/// <param name="Comment">Reaches the prompts of the run; or null.</param>
public sealed record RunRetry(string? From, string Actor, string? Comment);

/// <summary>Command: a step that waited has a place with the runners of its role; sent by the release, harmless when it comes twice or too late.</summary>
/// <param name="PipelineId">The saga.</param>
/// <param name="StepId">The step.</param>
public sealed record StartStep(Guid PipelineId, string StepId);

/// <summary>Command: end the job. Confirmed by <see cref="JobCancelled"/> when no process is left.</summary>
/// <param name="PipelineId">The saga.</param>
/// <param name="Actor">Who asked.</param>
/// <param name="Comment">Why, or null.</param>
public sealed record CancelJob(Guid PipelineId, string Actor, string? Comment);

/// <summary>Command: a person approves what waits for approval or for a person.</summary>
/// <param name="PipelineId">The saga.</param>
/// <param name="Actor">Who.</param>
/// <param name="Comment">Reaches the next step's prompt; or null.</param>
/// <param name="StepId">Only this step; null is whatever waits.</param>
/// <param name="Seen">What the person saw waiting; nothing else is meant. Null is whatever waits.</param>
public sealed record ApproveJob(Guid PipelineId, string Actor, string? Comment, string? StepId, IReadOnlyList<SeenWaiting>? Seen = null);

/// <summary>Command: a person rejects what waits.</summary>
/// <param name="PipelineId">The saga.</param>
/// <param name="Actor">Who.</param>
/// <param name="Comment">Why, or null.</param>
/// <param name="StepId">Only this step; null is whatever waits.</param>
/// <param name="Seen">What the person saw waiting; nothing else is meant. Null is whatever waits.</param>
public sealed record RejectJob(Guid PipelineId, string Actor, string? Comment, string? StepId, IReadOnlyList<SeenWaiting>? Seen = null);

/// <summary>Command: a person ends a merge conflict.</summary>
/// <param name="PipelineId">The saga.</param>
/// <param name="Actor">Who.</param>
/// <param name="Comment">Reaches the step's prompt; or null.</param>
/// <param name="StepId">Only this step; null is whatever waits.</param>
/// <param name="Resolution">The side or the commit.</param>
/// <param name="Seen">What the person saw waiting; nothing else is meant. Null is whatever waits.</param>
public sealed record ResolveJob(
    Guid PipelineId, string Actor, string? Comment, string? StepId, MergeResolution Resolution, IReadOnlyList<SeenWaiting>? Seen = null);

/// <summary>Command: a person says that what looks like a secret may be shown; for the whole job, wherever it stands.</summary>
/// <param name="PipelineId">The saga.</param>
/// <param name="Actor">Who.</param>
/// <param name="Comment">Why, or null.</param>
/// <param name="Fingerprints">Which of what was found. They say exactly what is meant, however late they come.</param>
public sealed record ReleaseSecrets(Guid PipelineId, string Actor, string? Comment, IReadOnlyList<string> Fingerprints);

/// <summary>Command: look at what is parked or overdue now; by hand or by the sweep.</summary>
/// <param name="PipelineId">The saga.</param>
/// <param name="Actor">Who, <c>sweep</c> for the sweep.</param>
/// <param name="StepId">Only this step; null is whatever is due.</param>
/// <param name="Force">By hand: also what is not due yet.</param>
public sealed record WakeJob(Guid PipelineId, string Actor, string? StepId, bool Force);
