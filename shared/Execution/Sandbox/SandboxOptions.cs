using System.ComponentModel.DataAnnotations;

namespace Orchestrator.Execution.Sandbox;

/// <summary>How agents are boxed on this machine.</summary>
public sealed class SandboxOptions : IValidatableObject
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Sandbox";

    /// <summary><c>bubblewrap</c>, or <c>none</c>: the operator explicitly lowers the bar and agents run with the rights of this service.</summary>
    public SandboxMode Mode { get; set; } = SandboxMode.Bubblewrap;

    /// <summary>The bubblewrap program: a path, or a name on PATH.</summary>
    [Required]
    public string Bubblewrap { get; set; } = "bwrap";

    /// <summary>PATH inside the box.</summary>
    [Required]
    public string SearchPath { get; set; } = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>More files and folders that every box may read: toolchains, caches.</summary>
    public IList<string> ReadOnlyPaths { get; } = [];

    /// <summary>Size in bytes of each in-memory folder of a box (<c>/tmp</c>, <c>/run</c>).</summary>
    [Range(1L << 20, 1L << 40)]
    public long MemoryFolderBytes { get; set; } = 512L << 20;

    /// <summary>Whether the operator lets jobs leave the box (<c>Policy:AllowUnsandboxed</c>); filled from there.</summary>
    internal bool JobsMayLeave { get; set; }

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var path in ReadOnlyPaths)
        {
            if (!Path.IsPathFullyQualified(path) || Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)) is "/" or "/proc" or "/run" or "/root" or "/home")
                yield return new ValidationResult($"{Section}:{nameof(ReadOnlyPaths)} has '{path}': name an absolute path below /, not /, /proc, /run, /root or /home as a whole, or the host's secrets are shown to agents.");
        }
    }
}

/// <summary>Kinds of boxes.</summary>
public enum SandboxMode
{
    /// <summary>Bubblewrap namespaces.</summary>
    Bubblewrap,

    /// <summary>No box.</summary>
    None,
}
