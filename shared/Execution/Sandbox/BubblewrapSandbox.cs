using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Execution.Processes;

namespace Orchestrator.Execution.Sandbox;

/// <summary>Boxes by bubblewrap: own user, PID, IPC, host name, cgroup and (under deny) network namespaces over a system that shows only what it must.</summary>
public sealed partial class BubblewrapSandbox(IOptions<SandboxOptions> options, IProcessRunner runner, TimeProvider time, ILogger<BubblewrapSandbox> logger)
    : ISandbox, IDisposable
{
    private static readonly TimeSpan KeepNo = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _probing = new(1, 1);
    private BoxKind? _kind;
    private SandboxStatus? _status;
    private long _probedAt;

    /// <inheritdoc />
    public async Task<SandboxStatus> ProbeAsync(CancellationToken cancellationToken)
    {
        await _probing.WaitAsync(cancellationToken);
        try
        {
            if (_status is { } known && (known.CanRun || time.GetElapsedTime(_probedAt) < KeepNo))
                return known;
            (_status, _kind) = await new SandboxProbe(options.Value, runner).RunAsync(cancellationToken);
            _probedAt = time.GetTimestamp();
            if (_kind is null)
                LogUnavailable(_status.Detail);
            else
                LogReady(_status.Detail);
            return _status;
        }
        finally
        {
            _probing.Release();
        }
    }

    /// <inheritdoc />
    public ProcessSpec Box(ProcessSpec spec, BoxLayout layout) =>
        _kind is { } kind
            ? kind.Box(spec, layout with { ReadablePaths = [.. options.Value.ReadOnlyPaths, .. layout.ReadablePaths] }, options.Value.MemoryFolderBytes)
            : throw new SandboxUnavailableException(_status?.Detail ?? "the sandbox has not been probed");

    /// <inheritdoc />
    public void Dispose() => _probing.Dispose();

    [LoggerMessage(Level = LogLevel.Error, Message = "No sandbox, real agents are refused: {Detail}")]
    private partial void LogUnavailable(string detail);

    [LoggerMessage(Level = LogLevel.Information, Message = "Sandbox ready: {Detail}")]
    private partial void LogReady(string detail);
}

/// <summary>The kind of box that works here.</summary>
/// <param name="Bubblewrap">Path of the program.</param>
/// <param name="FreshProc">Whether a box gets a <c>/proc</c> of its own; else the host's, read-only.</param>
internal sealed record BoxKind(string Bubblewrap, bool FreshProc)
{
    /// <summary>Wraps the process.</summary>
    public ProcessSpec Box(ProcessSpec spec, BoxLayout layout, long memoryFolderBytes)
    {
        // The mark is the box's host name, which puts it into the arguments of the wrapper's processes and nowhere near the agent's environment.
        var mark = $"box-{Guid.NewGuid():N}";
        return spec with
        {
            Arguments =
            [
                Bubblewrap,
                .. BoxArguments.For(layout, mark, FreshProc, memoryFolderBytes),
                .. BoxScript.For(spec.Arguments, relay: layout is { Network: BoxNetwork.Deny, ModelSocket: not null }),
            ],
            WorkingDirectory = layout.Workspace,
            Cage = ProcessCage.Namespace,
            Mark = mark,
        };
    }
}
