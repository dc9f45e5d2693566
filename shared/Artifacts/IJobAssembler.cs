using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Results;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.Artifacts;

/// <summary>Writes the artifacts of a whole job when its run is over: the four aggregated files, <c>state.json</c>, <c>context.json</c> and the steps' files under their final names. Repeating it is harmless.</summary>
public interface IJobAssembler
{
    /// <summary>Writes the files and answers the outcome with <see cref="JobOutcome.Files"/> filled in.</summary>
    Task<JobOutcome> AssembleAsync(FinishedRun run, CancellationToken cancellationToken);

    /// <summary>Gives the files of these reports their final names while the run goes on, for a person who has to decide about them.</summary>
    Task ShowAsync(string jobId, IEnumerable<StepFinished> reports, CancellationToken cancellationToken);
}

/// <summary>A run that is over, as the saga knows it.</summary>
public sealed record FinishedRun
{
    /// <summary>The accepted job.</summary>
    public required AcceptedJob Accepted { get; init; }

    /// <summary>Run of the job, from 1.</summary>
    public required int Run { get; init; }

    /// <summary><see cref="ResultStatus.Success"/>, <see cref="ResultStatus.Failed"/>, <see cref="ResultStatus.Timeout"/> or <see cref="ResultStatus.Cancelled"/>.</summary>
    public required ResultStatus Status { get; init; }

    /// <summary>The outcome without files.</summary>
    public required JobOutcome Outcome { get; init; }

    /// <summary>The steps in listed order.</summary>
    public required IReadOnlyList<FinishedStep> Steps { get; init; }

    /// <summary>Steps whose work no later step built on, in listed order: the job's patch is the sum of their cumulative patches.</summary>
    public required IReadOnlyList<string> Heads { get; init; }
}

/// <summary>A step of a run that is over.</summary>
/// <param name="StepId">The step.</param>
/// <param name="Attempts">Launches of the last visit; 0 when it never started.</param>
/// <param name="Report">The accepted report; null when it never ran to a report.</param>
/// <param name="Tolerated">It failed, and its rule or a person said to go on.</param>
public sealed record FinishedStep(string StepId, int Attempts, StepFinished? Report, bool Tolerated)
{
    /// <summary>The work that it started from.</summary>
    public IReadOnlyList<StepWork> StartFrom { get; init; } = [];
}
