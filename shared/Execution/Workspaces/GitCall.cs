using System.Text;

namespace Orchestrator.Execution.Workspaces;

/// <summary>One run of git. Never a shell line, never a secret among the arguments.</summary>
public sealed record GitCall
{
    /// <summary>Creates a call from its arguments.</summary>
    public GitCall(params IReadOnlyList<string> arguments) => Arguments = arguments;

    /// <summary>Subcommand and its arguments.</summary>
    public IReadOnlyList<string> Arguments { get; }

    /// <summary>The host-owned git directory.</summary>
    public required string GitDirectory { get; init; }

    /// <summary>The work tree, for calls that read or write one; else null.</summary>
    public string? WorkTree { get; init; }

    /// <summary>Whether it talks to a remote or writes a whole tree: the longer limit.</summary>
    public bool Transfer { get; init; }

    /// <summary>Variables beyond the clean environment: credentials, identity.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Configuration beyond the hardened one; passed by environment, so it may hold a credential.</summary>
    public IReadOnlyDictionary<string, string> Configuration { get; init; } = new Dictionary<string, string>();

    /// <summary>Bytes on standard input; null is an empty one.</summary>
    public byte[]? Input { get; init; }

    /// <summary>Where standard output goes; null keeps it, bounded, for the answer.</summary>
    public Stream? Output { get; init; }

    /// <summary>Exit codes that are an answer and no failure.</summary>
    public IReadOnlyList<int> Expected { get; init; } = [0];
}

/// <summary>What git answered.</summary>
/// <param name="ExitCode">Its exit code, one of <see cref="GitCall.Expected"/>.</param>
/// <param name="Output">Standard output as bytes; names in it need not be UTF-8.</param>
/// <param name="Error">The end of standard error, clean of credentials.</param>
public sealed record GitAnswer(int ExitCode, byte[] Output, string Error)
{
    /// <summary>Standard output as text without the line end.</summary>
    public string Text => Encoding.UTF8.GetString(Output).TrimEnd('\n');
}
