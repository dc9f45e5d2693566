using Orchestrator.Agents;

namespace Orchestrator.Execution.Processes;

/// <summary>Runs processes and ends whole trees.</summary>
public interface IProcessRunner
{
    /// <summary>
    /// Runs the process and feeds what it prints to <paramref name="output"/>, one piece at a time. When it returns or throws, no process of the tree that
    /// <see cref="ProcessSpec.Cage"/> can find is left. A program that cannot be started is <see cref="BoxEnd.NotStarted"/> with a reason.
    /// </summary>
    /// <exception cref="OperationCanceledException">Cancelled; the tree was ended within 2 s.</exception>
    Task<BoxExit> RunAsync(ProcessSpec spec, IAgentOutput output, CancellationToken cancellationToken);
}
