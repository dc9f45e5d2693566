using Orchestrator.Agents;

namespace Orchestrator.Execution.Attempts;

/// <summary>The box of an agent that runs inside this program: it has no business with processes.</summary>
internal sealed class NoProcesses : IAgentBox
{
    public static NoProcesses Instance { get; } = new();

    public Task<BoxExit> RunAsync(AgentCommand command, IAgentOutput output, CancellationToken cancellationToken) =>
        Task.FromResult(new BoxExit(null, null, BoxEnd.NotStarted, "this agent says that it needs no box, so it may start no process"));
}
