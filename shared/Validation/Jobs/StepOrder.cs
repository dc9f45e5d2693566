using Orchestrator.Contracts.Steps;

namespace Orchestrator.Validation.Jobs;

/// <summary>What comes before what among steps whose ids are distinct and known and that do not wait for each other.</summary>
internal sealed class StepOrder
{
    private readonly Dictionary<string, HashSet<string>> _upTo = new(StringComparer.Ordinal);
    private readonly List<(string From, string To)> _back;

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

        _back = [.. steps.Where(step => step.OnFailure.StartsWith(GraphRules.Goto, StringComparison.Ordinal))
            .Select(step => (step.StepId, step.OnFailure[GraphRules.Goto.Length..]))
            .Where(jump => _upTo[jump.StepId].Contains(jump.Item2))];
    }

    /// <summary>Whether any step names its parents.</summary>
    public bool IsExplicit { get; }

    /// <summary>The step and everything that comes before it.</summary>
    public IReadOnlySet<string> UpTo(string step) => _upTo[step];

    /// <summary>Whether a step can have run when another starts: it comes before it, or the other is visited again by jumps back from behind it.</summary>
    public bool CanHaveRun(string step, string at)
    {
        if (_upTo[at].Contains(step))
            return true;
        var (seen, open) = (new HashSet<string>(StringComparer.Ordinal), new Queue<string>([at]));
        while (open.TryDequeue(out var visited))
        {
            foreach (var (from, _) in _back.Where(jump => _upTo[visited].Contains(jump.To) && seen.Add(jump.From)))
            {
                // Only what comes after the step that jumps has not run by then.
                if (from == step || !_upTo[step].Contains(from))
                    return true;
                open.Enqueue(from);
            }
        }

        return false;
    }

    /// <summary>Whether one of the two comes before the other, or they are the same.</summary>
    public bool AreOrdered(string one, string other) => _upTo[one].Contains(other) || _upTo[other].Contains(one);
}
