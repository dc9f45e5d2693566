using System.Collections.Concurrent;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.Runners.Attempts;

/// <summary>The attempts that run in this process, and why each of them shall end.</summary>
public sealed class RunningAttempts
{
    private readonly ConcurrentDictionary<AttemptKey, RunningAttempt> _running = new();
    private readonly ConcurrentDictionary<AttemptKey, bool> _claimed = new();

    /// <summary>Whether none runs.</summary>
    public bool IsEmpty => _running.IsEmpty;

    /// <summary>Those that run now.</summary>
    public IReadOnlyCollection<RunningAttempt> All => [.. _running.Values];

    /// <summary>How many of a role run now.</summary>
    public int Count(StepRole role) => _running.Values.Count(attempt => attempt.Command.Role == role);

    /// <summary>Remembers a claim before its commit, whose answer may never come.</summary>
    public void Claim(AttemptKey key) => _claimed[key] = true;

    /// <summary>Adds one that was claimed. A claim is good for one start, however often its command comes: null after that.</summary>
    public RunningAttempt? Add(RunStep command)
    {
        if (!_claimed.TryRemove(command.Key, out _))
            return null;
        var attempt = new RunningAttempt(command);
        _running[command.Key] = attempt;
        return attempt;
    }

    /// <summary>The attempt with this key, or null.</summary>
    public RunningAttempt? Find(AttemptKey key) => _running.GetValueOrDefault(key);

    /// <summary>Takes one off.</summary>
    public void Remove(RunningAttempt attempt)
    {
        if (_running.TryRemove(new(attempt.Command.Key, attempt)))
            attempt.Dispose();
    }
}

/// <summary>One attempt that runs in this process.</summary>
public sealed class RunningAttempt(RunStep command) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private int _reason;

    /// <summary>What it was asked to do.</summary>
    public RunStep Command { get; } = command;

    /// <summary>Fires when it shall end.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>Why it shall end; <see cref="StopReason.None"/> while it may go on.</summary>
    public StopReason Reason => (StopReason)Volatile.Read(ref _reason);

    /// <summary>Asks it to end. The first reason counts, except that a lost lease overrides any other.</summary>
    public void Stop(StopReason reason)
    {
        if (reason == StopReason.LeaseLost)
            Volatile.Write(ref _reason, (int)reason);
        else
            Interlocked.CompareExchange(ref _reason, (int)reason, (int)StopReason.None);
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself in this moment.
        }
    }

    /// <inheritdoc />
    public void Dispose() => _stop.Dispose();
}

/// <summary>Why a running attempt shall end.</summary>
public enum StopReason
{
    /// <summary>It may go on.</summary>
    None,

    /// <summary>The job was cancelled.</summary>
    Cancelled,

    /// <summary>This process stops and gives it back.</summary>
    HandBack,

    /// <summary>The lease is gone: nothing may be reported.</summary>
    LeaseLost,
}
