using Orchestrator.Execution.Processes;

namespace Orchestrator.Execution.Sandbox;

/// <summary>The bar that the operator lowered: agents run with the rights of this service, and everybody is told.</summary>
public sealed class NoSandbox : ISandbox
{
    private static readonly SandboxStatus Status = new(
        SandboxState.Lowered,
        $"lowered: {SandboxOptions.Section}:{nameof(SandboxOptions.Mode)} is none, agents run with the rights of this service; neither files nor network are held back");

    /// <inheritdoc />
    public Task<SandboxStatus> ProbeAsync(CancellationToken cancellationToken) => Task.FromResult(Status);

    /// <inheritdoc />
    public ProcessSpec Box(ProcessSpec spec, BoxLayout layout) => spec with { WorkingDirectory = layout.Workspace, Cage = ProcessCage.Group };
}
