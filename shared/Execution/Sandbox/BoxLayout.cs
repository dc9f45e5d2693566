namespace Orchestrator.Execution.Sandbox;

/// <summary>What a box shows of this machine beside the system's read-only programs. Paths are absolute and the same inside and outside.</summary>
public sealed record BoxLayout
{
    /// <summary>The work tree; the process starts in it.</summary>
    public required string Workspace { get; init; }

    /// <summary>Whether the workspace may be written.</summary>
    public required bool CanWrite { get; init; }

    /// <summary>A fresh private home, writable.</summary>
    public required string Home { get; init; }

    /// <summary>A private folder for temporary files, writable; not a parent of <see cref="Home"/>. Null is the box's own <c>/tmp</c>.</summary>
    public string? Temp { get; init; }

    /// <summary>More to read: the agent's install folder, toolchains, git objects. What does not exist is left out.</summary>
    public IReadOnlyList<string> ReadablePaths { get; init; } = [];

    /// <summary>The network.</summary>
    public BoxNetwork Network { get; init; } = BoxNetwork.Deny;

    /// <summary>With <see cref="BoxNetwork.Deny"/>: the unix socket outside that <see cref="RelayUrl"/> leads to inside; null is no model.</summary>
    public string? ModelSocket { get; init; }

    /// <summary>Where the model is inside a box without network.</summary>
    public static Uri RelayUrl { get; } = new("http://127.0.0.1:18080");
}

/// <summary>What a box can reach.</summary>
public enum BoxNetwork
{
    /// <summary>A network namespace with nothing but its own loopback.</summary>
    Deny,

    /// <summary>The host's network as it is, its loopback included.</summary>
    Allow,
}
