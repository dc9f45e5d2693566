namespace Orchestrator.Pipeline.Graph;

/// <summary>What happens next, given the graph and where every step stands. Pure: same input, same answer, no clock.</summary>
public static class NextSteps
{
    /// <summary>Decides. Exactly one of these holds: something is ready, active or jumping; or the run is over.</summary>
    public static Decision Decide(StepGraph graph, IReadOnlyDictionary<string, StepPhase> phases)
    {
        var active = phases.Values.Any(phase => phase == StepPhase.Active);
        var stopped = graph.Nodes.FirstOrDefault(node => phases[node.Id] == StepPhase.Failed);
        if (stopped is not null)
            return active ? Decision.Wait : new Decision([], null, Over: true, stopped.Id);

        var jumping = graph.Nodes.FirstOrDefault(node => phases[node.Id] == StepPhase.Jumping);
        if (jumping is not null)
            return Follow(graph, phases, jumping);

        var ready = graph.Nodes
            .Where(node => phases[node.Id] == StepPhase.Waiting && graph.Parents(node.Id, id => phases[id] == StepPhase.Skipped).All(parent => IsBehind(phases[parent])))
            .Select(node => node.Id)
            .ToArray();
        return new Decision(ready, null, Over: ready.Length == 0 && !active, FailedStep: null);
    }

    private static bool IsBehind(StepPhase phase) => phase is StepPhase.Succeeded or StepPhase.Tolerated;

    private static Decision Follow(StepGraph graph, IReadOnlyDictionary<string, StepPhase> phases, StepNode failed)
    {
        var target = failed.OnFailure.Target!;
        var again = graph.WithDescendants(target);
        if (again.Contains(failed.Id))
        {
            // Back: the target and all that came of it run again, once none of it is on its way any more.
            return again.Any(id => phases[id] == StepPhase.Active)
                ? Decision.Wait
                : new Decision([], new Jump(failed.Id, target, [.. graph.Nodes.Select(node => node.Id).Where(again.Contains)], []), Over: false, FailedStep: null);
        }

        // Ahead: what lies between is left out.
        var behind = graph.WithDescendants(failed.Id);
        string[] skip = [.. graph.Nodes.Select(node => node.Id).Where(id => id != failed.Id && id != target && behind.Contains(id) && graph.WithDescendants(id).Contains(target))];
        return new Decision([], new Jump(failed.Id, target, [], skip), Over: false, FailedStep: null);
    }
}

/// <summary>What happens next.</summary>
/// <param name="Ready">Steps to start now, in listed order.</param>
/// <param name="Jump">A jump to make first, then decide again; or null.</param>
/// <param name="Over">Nothing is ready or on its way: the run ends.</param>
/// <param name="FailedStep">The step that failed the run; null is success when <paramref name="Over"/>.</param>
public sealed record Decision(IReadOnlyList<string> Ready, Jump? Jump, bool Over, string? FailedStep)
{
    /// <summary>Something is on its way: wait for its report.</summary>
    public static Decision Wait { get; } = new([], null, Over: false, FailedStep: null);
}

/// <summary>A jump of <c>on_failure: goto</c>.</summary>
/// <param name="From">The failed step.</param>
/// <param name="To">The target.</param>
/// <param name="Again">Steps that are visited again, the target first among them in listed order; empty for a jump ahead.</param>
/// <param name="Skip">Steps that are left out.</param>
public sealed record Jump(string From, string To, IReadOnlyList<string> Again, IReadOnlyList<string> Skip);
