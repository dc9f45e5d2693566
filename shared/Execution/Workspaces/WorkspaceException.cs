using Orchestrator.Contracts.Steps;

namespace Orchestrator.Execution.Workspaces;

/// <summary>A workspace could not be made or collected: a named code and a message with the remedy.</summary>
public sealed class WorkspaceException : Exception
{
    /// <summary>Creates it.</summary>
    public WorkspaceException()
    {
    }

    /// <summary>Creates it with a message.</summary>
    public WorkspaceException(string message)
        : base(message)
    {
    }

    /// <summary>Creates it with a message and a cause.</summary>
    public WorkspaceException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates it with a code of <see cref="ErrorCodes"/>.</summary>
    public WorkspaceException(string code, string message, Exception? innerException = null)
        : base(message, innerException) => Code = code;

    /// <summary>Named code.</summary>
    public string Code { get; } = ErrorCodes.GitFailed;

    /// <summary>Whether it is the other end that cannot answer now, which passes by itself.</summary>
    public bool IsOutage { get; init; }

    /// <summary>Steps whose work does not merge, both sides kept; empty unless the code is <see cref="ErrorCodes.MergeConflict"/>.</summary>
    public IReadOnlyList<string> ConflictingSteps { get; init; } = [];
}
