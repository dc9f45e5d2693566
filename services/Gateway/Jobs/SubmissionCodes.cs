using Orchestrator.Validation.Jobs;

namespace Orchestrator.Gateway.Jobs;

/// <summary>Reasons of the door itself, beside those of validation.</summary>
internal static class SubmissionCodes
{
    /// <summary>The job id is taken; HTTP 409.</summary>
    public const string Duplicate = "duplicate";

    /// <summary>The idempotency key was used for another body; HTTP 422.</summary>
    public const string KeyReused = "idempotency_key_reused";

    /// <summary>The message id was used for another body; AMQP only.</summary>
    public const string DeliveryReused = "message_id_reused";

    /// <summary>The callback names an address that is not reached from here.</summary>
    public static JobProblem CallbackClosed { get; } = new("$.callback_url", ProblemCodes.InvalidValue, "The host is not a public address.", "Name a public host, or have the operator open the network (Gateway:Callbacks:AllowedNetworks).");

    /// <summary>The codes of a refusal, each once, for the access line.</summary>
    public static string Of(IEnumerable<JobProblem> problems) => string.Join(",", problems.Select(problem => problem.Code).Distinct(StringComparer.Ordinal));

    public static JobProblem IdTaken(string jobId) => new("$.job_id", Duplicate, $"There is a job {jobId} already.", "Leave job_id out, choose another, or send an idempotency key so that a repeat is the same job.");

    public static JobProblem DeliveryTaken { get; } = new("$", DeliveryReused, "The message id was used for a job with another body.", "Give every message an id of its own, or none; send a repeat byte for byte.");

    public static JobProblem KeyTaken { get; } = new("$.idempotency_key", KeyReused, "The idempotency key was used for a job with another body.", "Use a new key for a new job, or send the very same body again.");
}
