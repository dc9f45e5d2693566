using System.ComponentModel.DataAnnotations;

namespace Orchestrator.Execution.Processes;

/// <summary>Limits of agents' processes and of what they print.</summary>
public sealed class ProcessesOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Processes";

    /// <summary>An agent that prints nothing for this long is ended; zero is never.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>A step's log is written when this many bytes wait.</summary>
    [Range(1, 16 << 20)]
    public int LogFlushBytes { get; set; } = 64 * 1024;

    /// <summary>A step's log is written at least this often.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan LogFlushInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest beginning of a step's log in bytes; of the rest only <see cref="LogTailCharacters"/> are kept.</summary>
    [Range(1024, 1L << 32)]
    public long LogMaxBytes { get; set; } = 16L << 20;

    /// <summary>Longest end of an over-long log in characters.</summary>
    [Range(0, 16 << 20)]
    public int LogTailCharacters { get; set; } = 64 * 1024;
}
