namespace Orchestrator.Execution.Processes;

/// <summary>One process to run. Nothing is inherited: neither environment nor standard input.</summary>
public sealed record ProcessSpec
{
    /// <summary>Program and arguments as the kernel gets them; no shell sees them. The program is an absolute path or is looked up in the PATH of <see cref="Environment"/>.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>The whole environment.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Absolute path of an existing folder.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>Bytes on standard input, closed after them; empty closes it at once.</summary>
    public ReadOnlyMemory<byte> StandardInput { get; init; }

    /// <summary>The process is ended after this time; null is never.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The process is ended when it has printed nothing for this long; null is never.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>Time between SIGTERM and SIGKILL, at most <see cref="LongestGrace"/>.</summary>
    public TimeSpan Grace { get; init; } = LongestGrace;

    /// <summary>How its whole tree is found and ended.</summary>
    public ProcessCage Cage { get; init; } = ProcessCage.Group;

    /// <summary>With <see cref="ProcessCage.Namespace"/>: a word unique to this run that stands in the arguments, by which the wrapper is found in <c>/proc</c>.</summary>
    public string? Mark { get; init; }

    /// <summary>One second: a cancel has to be over within two.</summary>
    public static TimeSpan LongestGrace { get; } = TimeSpan.FromSeconds(1);
}

/// <summary>What holds a process tree together.</summary>
public enum ProcessCage
{
    /// <summary>
    /// A session of its own, descent in <c>/proc</c> and a mark in the environment. Ends setsid, nohup and double-forked children.
    /// A process that leaves the session, loses its parents and was started with a cleaned environment while nobody looked is not found.
    /// </summary>
    Group,

    /// <summary>The program is a bubblewrap with its own PID namespace that dies with it: nothing can leave.</summary>
    Namespace,
}
