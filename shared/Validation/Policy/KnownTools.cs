using Orchestrator.Contracts.Steps;

namespace Orchestrator.Validation.Policy;

/// <summary>Tools in the words of Claude Code, which every adapter translates.</summary>
public static class KnownTools
{
    /// <summary>What a step without tools of its own gets when its role only reads.</summary>
    public static readonly IReadOnlyList<string> Reading = ["Read", "Grep", "Glob"];

    /// <summary>What a role may be given unless the operator says otherwise.</summary>
    public static readonly IReadOnlyList<string> Standard = ["Read", "Edit", "Write", "Bash", "Grep", "Glob"];

    /// <summary>Every tool that can be named.</summary>
    public static readonly IReadOnlyList<string> All =
        [.. Standard, "LS", "MultiEdit", "NotebookRead", "NotebookEdit", "TodoWrite", "WebFetch", "WebSearch", "Task"];

    // Bash is one of them: a shell that may run can write.
    private static readonly HashSet<string> Writing = new(["Edit", "Write", "Bash", "MultiEdit", "NotebookEdit"], StringComparer.Ordinal);

    /// <summary>Whether a tool of the list can change the workspace.</summary>
    public static bool CanWrite(IEnumerable<string> tools) => tools.Any(Writing.Contains);

    /// <summary>Tools of a role whose step names none.</summary>
    public static IReadOnlyList<string> DefaultOf(StepRole role) => role == StepRole.Implementer ? Standard : Reading;
}
