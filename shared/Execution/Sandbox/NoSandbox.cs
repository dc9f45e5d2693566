using Orchestrator.Execution.Processes;

namespace Orchestrator.Execution.Sandbox;

/// <summary>The bar that the operator lowered: agents run with the rights of this service, and everybody is told.</summary>
/// <param name="because">What lowered it.</param>
public sealed class NoSandbox(string because = $"{SandboxOptions.Section}:{nameof(SandboxOptions.Mode)} is none") : ISandbox
{
    private readonly SandboxStatus status = new(
        SandboxState.Lowered, $"lowered: {because}, agents run with the rights of this service; neither files nor network are held back");

    /// <inheritdoc />
    public Task<SandboxStatus> ProbeAsync(CancellationToken cancellationToken) => Task.FromResult(status);

    /// <inheritdoc />
    public ProcessSpec Box(ProcessSpec spec, BoxLayout layout) => spec with { WorkingDirectory = layout.Workspace, Cage = ProcessCage.Group };
}
