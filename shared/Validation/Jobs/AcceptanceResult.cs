using System.Diagnostics.CodeAnalysis;
using Orchestrator.Contracts.Jobs;

namespace Orchestrator.Validation.Jobs;

/// <summary>Either an accepted job or every reason why it is refused, never both.</summary>
public sealed record AcceptanceResult
{
    private AcceptanceResult(AcceptedJob? job, IReadOnlyList<JobProblem> problems)
    {
        Job = job;
        Problems = problems;
    }

    /// <summary>The accepted job, or null.</summary>
    public AcceptedJob? Job { get; }

    /// <summary>Why it is refused, in the order of the document; empty when it is accepted.</summary>
    public IReadOnlyList<JobProblem> Problems { get; }

    /// <summary>Whether the job is accepted.</summary>
    [MemberNotNullWhen(true, nameof(Job))]
    public bool IsAccepted => Job is not null;

    /// <summary>The job is accepted.</summary>
    public static AcceptanceResult Accept(AcceptedJob job) => new(job, []);

    /// <summary>The job is refused.</summary>
    /// <exception cref="ArgumentException">There is no reason.</exception>
    public static AcceptanceResult Refuse(IReadOnlyList<JobProblem> problems) => problems.Count > 0
        ? new(null, problems)
        : throw new ArgumentException("A refusal has at least one problem.", nameof(problems));
}
