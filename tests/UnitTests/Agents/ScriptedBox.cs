using System.Text;
using Orchestrator.Agents;

namespace Orchestrator.UnitTests.Agents;

/// <summary>A box in which a CLI has printed what the test says.</summary>
internal sealed class ScriptedBox(BoxExit exit, string output = "", string error = "") : IAgentBox
{
    public AgentCommand? Command { get; private set; }

    /// <summary>Whether the program goes on after its words until somebody ends it.</summary>
    public bool Hangs { get; init; }

    /// <summary>What the machine under it throws after the program's words.</summary>
    public Exception? Fault { get; init; }

    public async Task<BoxExit> RunAsync(AgentCommand command, IAgentOutput sink, CancellationToken cancellationToken)
    {
        Command = command;
        sink.OnStandardError(Encoding.UTF8.GetBytes(error));
        // Borders of pieces mean nothing, so they are put where they hurt.
        foreach (var piece in Encoding.UTF8.GetBytes(output).Chunk(7))
            sink.OnStandardOutput(piece);
        if (Fault is not null)
            throw Fault;
        if (Hangs)
            await Task.Delay(Timeout.Infinite, cancellationToken);
        return exit;
    }
}
