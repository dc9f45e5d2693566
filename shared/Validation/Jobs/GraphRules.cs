using Orchestrator.Contracts.Steps;
using Orchestrator.Hosting;

namespace Orchestrator.Validation.Jobs;

/// <summary>What must hold for the steps of a job as a graph, and for the artifacts that they name of each other.</summary>
internal static class GraphRules
{
    internal const string Goto = "goto:";

    public static void Check(IReadOnlyList<StepDocument> steps, string path, ProblemList problems)
    {
        var known = problems.Problems.Count;
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < steps.Count; i++)
        {
            if (!ids.TryAdd(steps[i].StepId, i))
            {
                problems.Add(
                    $"{JsonPath.Item(path, i)}.step_id", ProblemCodes.DuplicateStepId,
                    $"{steps[i].StepId} is also the id of step {ids[steps[i].StepId] + 1}.", "Give each step an id of its own.");
            }
        }

        for (var i = 0; i < steps.Count; i++)
            CheckReferences(steps[i], JsonPath.Item(path, i), ids, problems);
        CheckCycles(steps, path, ids, problems);
        if (problems.IsFull || problems.Problems.Count > known)
            return;
        var order = new StepOrder(steps);
        for (var i = 0; i < steps.Count; i++)
        {
            CheckJump(steps[i], JsonPath.Item(path, i), order, problems);
            CheckNamed(steps[i], steps[i].InputArtifacts, $"{JsonPath.Item(path, i)}.input_artifacts", order, problems);
            CheckNamed(steps[i], steps[i].ApplyPatchesFrom, $"{JsonPath.Item(path, i)}.apply_patches_from", order, problems);
        }
    }

    private static void CheckNamed(StepDocument step, IReadOnlyList<string> files, string path, StepOrder order, ProblemList problems)
    {
        foreach (var (index, file) in files.Index())
        {
            if (file.Split('/') is not ["steps", var named, ..] || order.CanHaveRun(named, step.StepId))
                continue;
            problems.Add(
                JsonPath.Item(path, index), ProblemCodes.Contradiction, $"{step.StepId} does not come after {named}, so {named} has left nothing when it starts.",
                order.IsExplicit ? $"Add {named} to depends_on of {step.StepId}, or name a step that it comes after." : $"Put {named} before {step.StepId}, or name a step that stands before it.");
        }
    }

    private static void CheckJump(StepDocument step, string path, StepOrder order, ProblemList problems)
    {
        if (!step.OnFailure.StartsWith(Goto, StringComparison.Ordinal))
            return;
        var (id, target) = (step.StepId, step.OnFailure[Goto.Length..]);
        if (!order.AreOrdered(id, target))
        {
            problems.Add(
                $"{path}.on_failure", ProblemCodes.Contradiction, $"{target} comes neither before nor after {id}, so a jump to it would only pass over the failure.",
                $"Name a step that {id} depends on to send the work back, or one that depends on {id} to go ahead; continue goes on without {id}.");
        }
    }

    private static void CheckReferences(StepDocument step, string path, Dictionary<string, int> ids, ProblemList problems)
    {
        for (var i = 0; i < (step.DependsOn?.Count ?? 0); i++)
            CheckStep(step.DependsOn![i], JsonPath.Item($"{path}.depends_on", i), ids, problems);
        if (step.OnFailure.StartsWith(Goto, StringComparison.Ordinal))
            CheckStep(step.OnFailure[Goto.Length..], $"{path}.on_failure", ids, problems);
        for (var i = 0; i < step.InputArtifacts.Count; i++)
            ArtifactPathRules.CheckInput(step.InputArtifacts[i], step.StepId, JsonPath.Item($"{path}.input_artifacts", i), ids, problems);
        for (var i = 0; i < step.ApplyPatchesFrom.Count; i++)
            ArtifactPathRules.CheckPatch(step.ApplyPatchesFrom[i], step.StepId, JsonPath.Item($"{path}.apply_patches_from", i), ids, problems);
    }

    internal static void CheckStep(string id, string path, Dictionary<string, int> ids, ProblemList problems)
    {
        if (!problems.IsFull && !ids.ContainsKey(id))
            problems.Add(path, ProblemCodes.UnknownStep, $"There is no step {JsonPath.Shown(id)} in the job.", $"Did you mean {NearestName.Of(id, ids.Keys)}? Ids are compared exactly.");
    }

    // Takes steps away whose dependencies are all away. Each that stays waits for another that stays, so following them ends in a cycle.
    private static void CheckCycles(IReadOnlyList<StepDocument> steps, string path, Dictionary<string, int> ids, ProblemList problems)
    {
        var waits = new int[steps.Count];
        var waiting = new List<int>[steps.Count];
        for (var i = 0; i < steps.Count; i++)
            waiting[i] = [];
        for (var i = 0; i < steps.Count; i++)
        {
            foreach (var dependency in Dependencies(steps[i], ids))
            {
                waits[i]++;
                waiting[dependency].Add(i);
            }
        }

        var free = new Queue<int>(Enumerable.Range(0, steps.Count).Where(i => waits[i] == 0));
        while (free.TryDequeue(out var done))
        {
            foreach (var next in waiting[done].Where(next => --waits[next] == 0))
                free.Enqueue(next);
        }

        var stuck = Array.FindIndex(waits, count => count > 0);
        if (stuck < 0)
            return;
        var cycle = Cycle(stuck, i => Dependencies(steps[i], ids).First(dependency => waits[dependency] > 0));
        var names = string.Join(" waits for ", cycle.Append(cycle[0]).Select(i => steps[i].StepId));
        var edge = steps[cycle[0]].DependsOn!.Index().First(item => ids.TryGetValue(item.Item, out var dependency) && dependency == cycle[1 % cycle.Count]).Index;
        problems.Add(
            JsonPath.Item($"{JsonPath.Item(path, cycle[0])}.depends_on", edge), ProblemCodes.Cycle,
            $"The steps wait for each other: {JsonPath.Shown(names, JsonPath.LongestPath)}.", "Take one of these dependencies out.");
    }

    private static IEnumerable<int> Dependencies(StepDocument step, Dictionary<string, int> ids) =>
        (step.DependsOn ?? []).Where(ids.ContainsKey).Select(id => ids[id]);

    private static List<int> Cycle(int start, Func<int, int> next)
    {
        var order = new List<int>();
        var seen = new Dictionary<int, int>();
        var current = start;
        while (seen.TryAdd(current, order.Count))
        {
            order.Add(current);
            current = next(current);
        }

        return order[seen[current]..];
    }
}
