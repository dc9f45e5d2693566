using System.Diagnostics;
using Orchestrator.Agents;

namespace Orchestrator.Execution.Processes;

/// <summary>One started process until nothing is left of it.</summary>
internal sealed class ProcessRun(Process process, IProcessTree tree, ProcessSpec spec, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    private readonly TaskCompletionSource<BoxEnd?> _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _closing = new();

    /// <summary>Processes that even SIGKILL did not end in time.</summary>
    public IReadOnlyList<int> Survivors { get; private set; } = [];

    /// <summary>Feeds the process, carries its output, and ends it by its own end, a limit, a cancel or a sink that throws.</summary>
    public async Task<BoxExit> FinishAsync(IAgentOutput sink, CancellationToken cancellationToken)
    {
        var output = new ProcessOutput(sink, time, () => _stop.TrySetResult(null));
        var pumps = output.PumpAsync(process.StandardOutput.BaseStream, process.StandardError.BaseStream, _closing.Token);
        var feeding = FeedAsync();
        var exited = process.WaitForExitAsync(CancellationToken.None);

        BoxEnd? end;
        await using (cancellationToken.UnsafeRegister(_ => _stop.TrySetResult(null), null))
        await using (HardTimer())
        await using (IdleTimer(output))
        {
            await Task.WhenAny(exited, _stop.Task);
            end = exited.IsCompleted ? BoxEnd.Exited : await _stop.Task;
        }

        if (!exited.IsCompleted)
            await AskToEndAsync(exited);
        await KillAsync(exited);
        await DrainAsync(pumps, feeding);
        if (end is null)
            cancellationToken.ThrowIfCancellationRequested();
        return Exit(end ?? BoxEnd.Exited);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        process.StandardOutput.Dispose();
        process.StandardError.Dispose();
        process.Dispose();
        _closing.Dispose();
    }

    private BoxExit Exit(BoxEnd end)
    {
        if (!process.HasExited)
            return new BoxExit(null, Signals.Kill, end);
        return process.ExitCode is > 128 and <= 192
            ? new BoxExit(null, process.ExitCode - 128, end)
            : new BoxExit(process.ExitCode, null, end);
    }

    private ITimer? HardTimer() => spec.Timeout is { } timeout
        ? time.CreateTimer(_ => _stop.TrySetResult(BoxEnd.TimedOut), null, timeout, Timeout.InfiniteTimeSpan)
        : null;

    private ITimer? IdleTimer(ProcessOutput output)
    {
        if (spec.IdleTimeout is not { } limit)
            return null;
        var step = TimeSpan.FromMilliseconds(Math.Max(20, limit.TotalMilliseconds / 20));
        return time.CreateTimer(
            _ =>
            {
                if (output.Quiet >= limit)
                    _stop.TrySetResult(BoxEnd.Idle);
            },
            null,
            limit,
            step);
    }

    private async Task FeedAsync()
    {
        try
        {
            await using var input = process.StandardInput.BaseStream;
            await input.WriteAsync(spec.StandardInput, _closing.Token);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // The process did not want all of it; its exit says what that means.
        }
    }

    private async Task AskToEndAsync(Task exited)
    {
        tree.Terminate();
        var grace = spec.Grace < ProcessSpec.LongestGrace ? spec.Grace : ProcessSpec.LongestGrace;
        using var enough = new CancellationTokenSource();
        await Task.WhenAny(exited, Task.Delay(grace, time, enough.Token));
        await enough.CancelAsync();
    }

    private async Task KillAsync(Task exited)
    {
        var started = Stopwatch.GetTimestamp();
        while ((Survivors = tree.Find()).Count > 0 && Stopwatch.GetElapsedTime(started) < KillLimit)
        {
            foreach (var pid in Survivors)
                Signals.Send(pid, Signals.Kill);
            // The kernel's time, whatever clock the program has been given.
            await Task.Delay(Look, CancellationToken.None);
        }

        await Task.WhenAny(exited, Task.Delay(DrainLimit, CancellationToken.None));
    }

    private async Task DrainAsync(Task pumps, Task feeding)
    {
        var all = Task.WhenAll(pumps, feeding);
        await Task.WhenAny(all, Task.Delay(DrainLimit, CancellationToken.None));
        await _closing.CancelAsync();
        await all;
    }
}
