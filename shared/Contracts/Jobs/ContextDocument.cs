namespace Orchestrator.Contracts.Jobs;

/// <summary><c>context.json</c> of a job: what its steps are told beside their prompts.</summary>
/// <param name="ContextStrategy">How much of the conversation reaches a step.</param>
/// <param name="ContextWindow">The conversation.</param>
/// <param name="ArtifactHandoff">How work and artifacts pass from step to step.</param>
public sealed record ContextDocument(ContextStrategy ContextStrategy, IReadOnlyList<ContextMessage> ContextWindow, ArtifactHandoff ArtifactHandoff)
{
    /// <summary>That of a job.</summary>
    public static ContextDocument Of(JobDocument job) => new(job.ContextStrategy, job.ContextWindow, job.ArtifactHandoff);
}
