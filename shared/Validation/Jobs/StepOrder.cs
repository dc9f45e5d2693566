using Orchestrator.Contracts.Steps;

namespace Orchestrator.Validation.Jobs;

/// <summary>What comes before what among steps whose ids are distinct and known and that do not wait for each other.</summary>
internal sealed class StepOrder
{
    private readonly Dictionary<string, HashSet<string>> _upTo = new(StringComparer.Ordinal);

    public StepOrder(IReadOnlyList<StepDocument> steps)
    {
        IsExplicit = steps.Any(step => step.DependsOn is not null);
        var parents = steps.Index().ToDictionary(
            step => step.Item.StepId,
            step => IsExplicit ? step.Item.DependsOn ?? [] : step.Index == 0 ? [] : [steps[step.Index - 1].StepId],
            StringComparer.Ordinal);
        foreach (var step in steps)
        {
            var found = _upTo[step.StepId] = new(StringComparer.Ordinal) { step.StepId };
            var open = new Stack<string>(parents[step.StepId]);
            while (open.TryPop(out var next))
            {
                if (!found.Add(next))
                    continue;
                foreach (var parent in parents[next])
                    open.Push(parent);
            }
        }
    }

    /// <summary>Whether any step names its parents.</summary>
    public bool IsExplicit { get; }

    /// <summary>The step and everything that comes before it.</summary>
    public IReadOnlySet<string> UpTo(string step) => _upTo[step];

    /// <summary>Whether one of the two comes before the other, or they are the same.</summary>
    public bool AreOrdered(string one, string other) => _upTo[one].Contains(other) || _upTo[other].Contains(one);
}
