namespace Orchestrator.Contracts.Steps;

/// <summary>Names one launch of a step's agent. Acceptance is unique per (job, run, step, visit); the token fences late writers.</summary>
/// <param name="PipelineId">Saga correlation id, made by the door.</param>
/// <param name="JobId">The job, compared exactly.</param>
/// <param name="Run">Run of the job, from 1.</param>
/// <param name="StepId">The step.</param>
/// <param name="Visit">Visit of the step in the run, from 1 (goto comes back).</param>
/// <param name="Attempt">Launch within the visit, from 1.</param>
/// <param name="Token">Fencing token: grows with every launch of the job.</param>
public sealed record AttemptKey(Guid PipelineId, string JobId, int Run, string StepId, int Visit, int Attempt, long Token)
{
    /// <summary>Name of the launch in budget rows and log lines: <c>job/run/step/visit/attempt</c>.</summary>
    public override string ToString() => $"{JobId}/{Run}/{StepId}/{Visit}/{Attempt}";
}
