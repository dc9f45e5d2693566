using System.ComponentModel.DataAnnotations;

namespace Orchestrator.Execution.Workspaces;

/// <summary>How the host runs git.</summary>
public sealed class GitOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Git";

    /// <summary>The program: a path, or a name that is looked up on the host's PATH.</summary>
    [Required]
    public string Binary { get; set; } = "git";

    /// <summary>Limit of an ordinary call. The environment variable <c>GIT_TIMEOUT</c> (seconds) of the replaced system is read when this is not set.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Limit of a call that moves a repository (clone, fetch) or writes a whole work tree.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan TransferTimeout { get; set; } = TimeSpan.FromMinutes(10);
}
