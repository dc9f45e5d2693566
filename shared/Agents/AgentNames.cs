namespace Orchestrator.Agents;

/// <summary>Names of the built-in agents, as a step's <c>agent</c> uses them.</summary>
public static class AgentNames
{
    /// <summary>Claude Code.</summary>
    public const string Claude = "claude";

    /// <summary>Codex.</summary>
    public const string Codex = "codex";

    /// <summary>OpenCode.</summary>
    public const string OpenCode = "opencode";

    /// <summary>Deterministic, in-process, without keys.</summary>
    public const string Simulated = "simulated";

    /// <summary>Merges the work of the steps that a step depends on, in-process, without keys.</summary>
    public const string Merge = "merge";
}
