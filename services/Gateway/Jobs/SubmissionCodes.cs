using Orchestrator.Validation.Jobs;

namespace Orchestrator.Gateway.Jobs;

/// <summary>Reasons of the door itself, beside those of validation.</summary>
internal static class SubmissionCodes
{
    /// <summary>The job id is taken; HTTP 409.</summary>
    public const string Duplicate = "duplicate";

    /// <summary>The idempotency key was used for another body; HTTP 422.</summary>
    public const string KeyReused = "idempotency_key_reused";

    public static JobProblem IdTaken(string jobId) => new("$.job_id", Duplicate, $"There is a job {jobId} already.", "Leave job_id out, choose another, or send an idempotency key so that a repeat is the same job.");

    public static JobProblem KeyTaken { get; } = new("$.idempotency_key", KeyReused, "The idempotency key was used for a job with another body.", "Use a new key for a new job, or send the very same body again.");
}
