using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Options;
using Orchestrator.Agents;
using Orchestrator.Execution.Processes;

namespace Orchestrator.Execution.Sandbox;

/// <summary>The box of one launch. All its runs share one hard timeout, counted from its creation.</summary>
public sealed class AgentBox(
    ISandbox sandbox,
    IProcessRunner runner,
    IOptions<SandboxOptions> options,
    TimeProvider time,
    BoxLayout layout,
    TimeSpan timeout,
    TimeSpan? idleTimeout = null) : IAgentBox
{
    private readonly long _created = time.GetTimestamp();

    /// <inheritdoc />
    public async Task<BoxExit> RunAsync(AgentCommand command, IAgentOutput output, CancellationToken cancellationToken)
    {
        var status = await sandbox.ProbeAsync(cancellationToken);
        if (!status.CanRun)
            return NotStarted(status.Detail);
        if (command.Arguments.Count == 0)
            return NotStarted("no program is named");
        if (Executable.Find(command.Arguments[0], options.Value.SearchPath) is not { } program)
            return NotStarted($"{command.Arguments[0]} does not exist or may not be executed");
        var left = timeout - time.GetElapsedTime(_created);
        if (left <= TimeSpan.Zero)
            return new BoxExit(null, null, BoxEnd.TimedOut, "the time was over before the start");

        try
        {
            HomeFiles.Write(layout.Home, command.HomeFiles);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return NotStarted($"the agent's home could not be prepared: {error.Message}");
        }

        var spec = new ProcessSpec
        {
            Arguments = [program, .. command.Arguments.Skip(1)],
            Environment = EnvironmentOf(command),
            WorkingDirectory = layout.Workspace,
            StandardInput = Encoding.UTF8.GetBytes(command.StandardInput ?? ""),
            Timeout = left,
            IdleTimeout = idleTimeout,
        };
        return await runner.RunAsync(sandbox.Box(spec, layout), output, cancellationToken);
    }

    private static BoxExit NotStarted(string reason) => new(null, null, BoxEnd.NotStarted, reason);

    private Dictionary<string, string> EnvironmentOf(AgentCommand command)
    {
        var environment = new Dictionary<string, string>(command.Environment, StringComparer.Ordinal)
        {
            ["PATH"] = options.Value.SearchPath,
            ["HOME"] = layout.Home,
            ["TMPDIR"] = layout.Temp ?? "/tmp",
            ["LANG"] = "C.UTF-8",
        };
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } trace })
            environment["TRACEPARENT"] = trace;
        return environment;
    }
}
