namespace Orchestrator.Gateway.Problems;

/// <summary>Ends a request with a problem from where it was found.</summary>
public sealed class RefusedException(Problem problem) : Exception(problem.Detail)
{
    public Problem Problem { get; } = problem;
}
