namespace Orchestrator.Pipeline.Graph;

/// <summary>The order of a job's steps. Immutable; without any <c>depends_on</c> each step follows the one listed before it.</summary>
public sealed class StepGraph
{
    private readonly Dictionary<string, StepNode> _nodes;
    private readonly Dictionary<string, IReadOnlyList<string>> _parents;
    private readonly Dictionary<string, List<string>> _children;

    /// <summary>Builds the graph of nodes that the door has checked: unique ids, known parents, no cycle.</summary>
    public StepGraph(IReadOnlyList<StepNode> nodes)
    {
        Nodes = nodes;
        IsExplicit = nodes.Any(node => node.DependsOn is not null);
        _nodes = nodes.ToDictionary(node => node.Id, StringComparer.Ordinal);
        _parents = new(StringComparer.Ordinal);
        _children = nodes.ToDictionary(node => node.Id, _ => new List<string>(), StringComparer.Ordinal);
        for (var i = 0; i < nodes.Count; i++)
        {
            IReadOnlyList<string> parents = IsExplicit
                ? nodes[i].DependsOn ?? []
                : i == 0 ? [] : [nodes[i - 1].Id];
            _parents[nodes[i].Id] = parents;
            foreach (var parent in parents)
                _children[parent].Add(nodes[i].Id);
        }
    }

    /// <summary>The nodes in listed order.</summary>
    public IReadOnlyList<StepNode> Nodes { get; }

    /// <summary>Whether any step names its parents.</summary>
    public bool IsExplicit { get; }

    /// <summary>The node of this id, compared exactly.</summary>
    public StepNode this[string id] => _nodes[id];

    /// <summary>The steps that must be over before this one.</summary>
    public IReadOnlyList<string> Parents(string id) => _parents[id];

    /// <summary>The same, with the parents of each step that was left out in its place.</summary>
    public IReadOnlyList<string> Parents(string id, Func<string, bool> isLeftOut)
    {
        var (found, seen) = (new List<string>(), new HashSet<string>(StringComparer.Ordinal));
        Add(id);
        return found;

        void Add(string step)
        {
            foreach (var parent in _parents[step].Where(seen.Add))
            {
                if (isLeftOut(parent))
                    Add(parent);
                else
                    found.Add(parent);
            }
        }
    }

    /// <summary>Steps that nothing depends on.</summary>
    public IEnumerable<string> Leaves => Nodes.Where(node => _children[node.Id].Count == 0).Select(node => node.Id);

    /// <summary>The step and everything that depends on it, directly or not.</summary>
    public IReadOnlySet<string> WithDescendants(string id)
    {
        var found = new HashSet<string>(StringComparer.Ordinal) { id };
        var open = new Queue<string>([id]);
        while (open.TryDequeue(out var next))
            foreach (var child in _children[next].Where(found.Add))
                open.Enqueue(child);
        return found;
    }
}
