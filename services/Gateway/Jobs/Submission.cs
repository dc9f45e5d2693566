using Orchestrator.Gateway.Access;
using Orchestrator.Validation.Jobs;

namespace Orchestrator.Gateway.Jobs;

/// <summary>A job at a door, before anything is decided.</summary>
public sealed record Submission
{
    public required ReadOnlyMemory<byte> Body { get; init; }

    public required DoorContext Door { get; init; }

    /// <summary>Within whom idempotency keys and deliveries are compared.</summary>
    public required string Tenant { get; init; }

    /// <summary>Where it came from, for the access line.</summary>
    public required string Address { get; init; }

    public Submitter Submitter => new(Door.Source.ToString(), Door.Actor, Address);

    /// <summary>Names the delivery of a message, so that its second copy is the same job; null when the sender gave no id.</summary>
    public string? DeliveryKey { get; init; }

    /// <summary>The broker delivered it before: an equal body of this tenant is the same message.</summary>
    public bool Redelivered { get; init; }
}

/// <summary>A job row, or the reasons why there is none.</summary>
public sealed record SubmissionResult
{
    public JobRow? Job { get; private init; }

    /// <summary>Whether the job was there before.</summary>
    public bool Duplicate { get; private init; }

    public IReadOnlyList<JobProblem> Problems { get; private init; } = [];

    public static SubmissionResult Accepted(JobRow job, bool duplicate) => new() { Job = job, Duplicate = duplicate };

    public static SubmissionResult Refused(params IReadOnlyList<JobProblem> problems) => new() { Problems = problems };
}
