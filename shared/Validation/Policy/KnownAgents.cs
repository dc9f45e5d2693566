namespace Orchestrator.Validation.Policy;

/// <summary>What acceptance must know of an agent.</summary>
/// <param name="Name">As a step's <c>agent</c> names it.</param>
/// <param name="Binary">The binary that <c>allowed_binaries</c> is about, or null.</param>
/// <param name="IsReal">Whether it calls a model: costs money, and must show changes when it implements.</param>
public sealed record KnownAgent(string Name, string? Binary, bool IsReal);

/// <summary>Every agent that is built in; commands of the operator's own come from the configuration.</summary>
public static class KnownAgents
{
    /// <summary>Deterministic, without model or key.</summary>
    public const string Simulated = "simulated";

    /// <summary>The default of real mode.</summary>
    public const string Claude = "claude";

    /// <summary>Merges what a step starts from, without model or key.</summary>
    public const string Merge = "merge";

    private static readonly Dictionary<string, KnownAgent> ByName = new KnownAgent[]
    {
        new(Claude, "claude", true),
        new("codex", "codex", true),
        new("opencode", "opencode", true),
        new(Simulated, null, false),
        new(Merge, null, false),
    }.ToDictionary(agent => agent.Name, StringComparer.Ordinal);

    /// <summary>Their names.</summary>
    public static IReadOnlyCollection<string> Names => ByName.Keys;

    /// <summary>The agent of exactly this name, or null.</summary>
    public static KnownAgent? Find(string name) => ByName.GetValueOrDefault(name);
}
