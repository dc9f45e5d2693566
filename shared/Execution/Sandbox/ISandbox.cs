using Orchestrator.Execution.Processes;

namespace Orchestrator.Execution.Sandbox;

/// <summary>Puts processes into boxes.</summary>
public interface ISandbox
{
    /// <summary>Whether boxes can be had here, found out by really making one. A yes is kept for good, a no for half a minute.</summary>
    Task<SandboxStatus> ProbeAsync(CancellationToken cancellationToken);

    /// <summary>Wraps the process, which keeps its exit code and signals. The environment of <paramref name="spec"/> is exactly what the process gets.</summary>
    /// <exception cref="SandboxUnavailableException">The last probe said no, or there was none.</exception>
    ProcessSpec Box(ProcessSpec spec, BoxLayout layout);
}

/// <summary>What a probe of the sandbox found.</summary>
/// <param name="State">Whether it is there.</param>
/// <param name="Detail">For people: what is enforced, what was lowered, or what is missing and its remedy.</param>
public sealed record SandboxStatus(SandboxState State, string Detail)
{
    /// <summary>Whether real agents may start.</summary>
    public bool CanRun => State != SandboxState.Unavailable;

    /// <summary>The operator lowered the bar: readiness, logs and every result say so.</summary>
    public bool Lowered => State == SandboxState.Lowered;
}

/// <summary>Whether policies can be enforced.</summary>
public enum SandboxState
{
    /// <summary>Boxes work.</summary>
    Enforced,

    /// <summary>The operator explicitly runs agents without a box.</summary>
    Lowered,

    /// <summary>Boxes do not work here; real agents are refused.</summary>
    Unavailable,
}

/// <summary>No box can be had here.</summary>
public sealed class SandboxUnavailableException : Exception
{
    /// <summary>Creates it.</summary>
    public SandboxUnavailableException()
    {
    }

    /// <summary>Creates it with a message.</summary>
    public SandboxUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>Creates it with a message and a cause.</summary>
    public SandboxUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
