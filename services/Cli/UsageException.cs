namespace Orchestrator.Cli;

/// <summary>The call cannot be carried out as it was given; the message says what is wrong and the hint what to do.</summary>
public sealed class UsageException(string message, string? hint = null, int exitCode = ExitCodes.Usage) : Exception(message)
{
    public string? Hint { get; } = hint;

    public int ExitCode { get; } = exitCode;
}
