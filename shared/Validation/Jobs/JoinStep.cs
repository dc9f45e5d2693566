using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;
using Orchestrator.Validation.Policy;

namespace Orchestrator.Validation.Jobs;

/// <summary>
/// The last step of a graph that would end in work of several branches: it merges them, and a conflict waits for a person as it does at any other
/// join. So a job has one patch, and no branch overwrites another.
/// </summary>
internal static class JoinStep
{
    private const string Id = "join";

    /// <summary>The step to add to these steps, which <see cref="GraphRules"/> has checked; null when one branch holds all work anyhow.</summary>
    public static StepDocument? For(IReadOnlyList<StepDocument> steps, IReadOnlyList<AcceptedStep> decisions)
    {
        var order = new StepOrder(steps);
        if (!order.IsExplicit)
            return null;
        var writers = decisions.Where(decision => decision.CanWrite).Select(decision => decision.StepId).ToHashSet(StringComparer.Ordinal);
        var isOneBranch = writers.All(one => writers.All(other => order.AreOrdered(one, other)));
        var leaves = steps.Where(step => !steps.Any(later => later.DependsOn?.Contains(step.StepId, StringComparer.Ordinal) == true)).ToArray();
        // A last step that may be left out after it failed does not hold the merge that it started from.
        if (isOneBranch || leaves.Any(leaf => leaf.OnFailure == "stop" && writers.IsSubsetOf(order.UpTo(leaf.StepId))))
            return null;
        return new StepDocument
        {
            StepId = FreeId(steps),
            Agent = KnownAgents.Merge,
            Role = "reviewer",
            Prompt = $"Merge the work of {string.Join(", ", leaves.Select(leaf => leaf.StepId))}.",
            AllowedTools = [],
            DependsOn = [.. leaves.Select(leaf => leaf.StepId)],
        };
    }

    /// <summary>It reads only, calls no model and costs nothing.</summary>
    public static AcceptedStep Decision(StepDocument join) => new() { StepId = join.StepId, Role = StepRole.Reviewer, Tools = [], CanWrite = false, ReserveMicroUsd = 0, RequireChanges = false };

    private static string FreeId(IReadOnlyList<StepDocument> steps)
    {
        var id = Id;
        for (var number = 2; steps.Any(step => string.Equals(step.StepId, id, StringComparison.Ordinal)); number++)
            id = $"{Id}_{number}";
        return id;
    }
}
