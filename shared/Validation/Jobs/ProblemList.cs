namespace Orchestrator.Validation.Jobs;

/// <summary>Collects problems. Bounded, so that a body made of mistakes gets no answer larger than itself.</summary>
public sealed class ProblemList
{
    /// <summary>The most problems that one answer names.</summary>
    public const int Most = 50;

    private readonly List<JobProblem> _problems = [];

    /// <summary>Whether nothing is wrong.</summary>
    public bool IsEmpty => _problems.Count == 0;

    /// <summary>Whether further problems are left out.</summary>
    public bool IsFull => _problems.Count >= Most;

    /// <summary>What is wrong, in the order in which it was found.</summary>
    public IReadOnlyList<JobProblem> Problems => _problems;

    /// <summary>Whether a field has a problem already.</summary>
    public bool Has(string path) => _problems.Exists(problem => string.Equals(problem.Path, path, StringComparison.Ordinal));

    /// <summary>Adds one.</summary>
    public void Add(string path, string code, string message, string hint)
    {
        if (!IsFull)
            _problems.Add(new JobProblem(JsonPath.Shown(path, JsonPath.LongestPath), code, message, hint));
    }
}
