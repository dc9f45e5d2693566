using Orchestrator.Pipeline.Graph;

namespace Orchestrator.UnitTests.Pipeline.Graph;

/// <summary>Plays the part of the saga: keeps the phases, makes the jumps, counts the visits, asks people.</summary>
internal sealed class GraphRun
{
    public GraphRun(IReadOnlyList<StepNode> nodes)
    {
        Graph = new StepGraph(nodes);
        Phases = nodes.ToDictionary(node => node.Id, _ => StepPhase.Waiting);
        Visits = nodes.ToDictionary(node => node.Id, _ => 0);
    }

    public StepGraph Graph { get; }

    public Dictionary<string, StepPhase> Phases { get; }

    public Dictionary<string, int> Visits { get; }

    /// <summary>Steps that failed and wait for a person; they count as on their way.</summary>
    public HashSet<string> Asking { get; } = [];

    /// <summary>Jumps that were made.</summary>
    public List<Jump> Jumps { get; } = [];

    public bool Over { get; private set; }

    public string? FailedStep { get; private set; }

    public List<string> Active => [.. Phases.Where(phase => phase.Value == StepPhase.Active).Select(phase => phase.Key)];

    public Decision Decide() => NextSteps.Decide(Graph, Phases);

    public IReadOnlyList<string> Start()
    {
        while (true)
        {
            var decision = Decide();
            if (decision.Jump is not { } jump)
            {
                foreach (var id in decision.Ready)
                {
                    Phases[id] = StepPhase.Active;
                    Visits[id]++;
                }

                (Over, FailedStep) = (decision.Over, decision.FailedStep);
                return decision.Ready;
            }

            Jumps.Add(jump);
            if (jump.Again.Any(id => Visits[id] >= RetryPlan.VisitLimit))
                Phases[jump.From] = StepPhase.Failed;
            else if (jump.Again.Count == 0)
                Phases[jump.From] = StepPhase.Tolerated;
            else
                jump.Again.ToList().ForEach(id => Phases[id] = StepPhase.Waiting);
            jump.Skip.ToList().ForEach(id => Phases[id] = StepPhase.Skipped);
        }
    }

    public void Report(string id, bool good)
    {
        if (!good && Graph[id].OnFailure.Kind == FailureRuleKind.AskHuman)
        {
            Asking.Add(id);
            return;
        }

        Phases[id] = good
            ? StepPhase.Succeeded
            : Graph[id].OnFailure.Kind switch
            {
                FailureRuleKind.Continue => StepPhase.Tolerated,
                FailureRuleKind.Goto => StepPhase.Jumping,
                _ => StepPhase.Failed,
            };
    }

    /// <summary>A person approves (go on without it), rejects, or wants it tried again in the same visit.</summary>
    public void Decide(string id, Answer answer)
    {
        Asking.Remove(id);
        if (answer != Answer.Again)
            Phases[id] = answer == Answer.Approve ? StepPhase.Tolerated : StepPhase.Failed;
    }

    public List<string> ToEnd(Func<string, bool> good)
    {
        var order = new List<string>();
        while (true)
        {
            order.AddRange(Start());
            if (Over)
                return order;
            Report(Active[0], good(Active[0]));
        }
    }
}

/// <summary>What a person says of a failed step.</summary>
internal enum Answer
{
    Approve,
    Reject,
    Again,
}
