using System.ComponentModel.DataAnnotations;

namespace Orchestrator.Execution;

/// <summary>Where launches work on this machine, and how much they may leave behind.</summary>
public sealed class ExecutionOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Execution";

    /// <summary>Folder of mirrors and of one folder per running launch; local and private to this machine. Keep the path short: sockets live below it.</summary>
    [Required]
    public string WorkDirectory { get; set; } = Path.Join(Path.GetTempPath(), "orchestrator");

    /// <summary>How long the work of a launch waits for an artifact store that cannot answer, before the launch fails. It holds its runner's place meanwhile.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan StoragePatience { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Keep the folder of a launch that did not succeed, for a person to look at. It is not cleaned up by itself.</summary>
    public bool KeepFailedWorkspaces { get; set; }

    /// <summary>Files that one launch may add or change; ignored files do not count.</summary>
    [Range(1, 1_000_000)]
    public int MaxChangedFiles { get; set; } = 50_000;

    /// <summary>Bytes of the files that one launch may add or change; ignored files do not count.</summary>
    [Range(1024, long.MaxValue)]
    public long MaxChangedBytes { get; set; } = 512L * 1024 * 1024;

    /// <summary>Bytes of one patch.</summary>
    [Range(1024, long.MaxValue)]
    public long MaxPatchBytes { get; set; } = 128L * 1024 * 1024;

    /// <summary>Entries of a work tree beyond which it is not even looked through.</summary>
    [Range(1000, 50_000_000)]
    public int MaxEntries { get; set; } = 2_000_000;
}
