using System.Collections.Concurrent;
using Orchestrator.Contracts.Steps;
using Orchestrator.Execution.Attempts;

namespace Orchestrator.UnitTests.Runners;

/// <summary>Works at every launch until it is told to finish, or to stop.</summary>
internal sealed class HeldEngine : IAttemptEngine
{
    private readonly TaskCompletionSource _finish = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What was launched, in order.</summary>
    public ConcurrentQueue<AttemptKey> Launched { get; } = new();

    /// <summary>Whether one of them was told to stop.</summary>
    public bool Stopped { get; private set; }

    public void Finish() => _finish.TrySetResult();

    public async Task<StepFinished> RunAsync(RunStep command, IAttemptObserver observer, CancellationToken cancellationToken)
    {
        Launched.Enqueue(command.Key);
        await using var stop = cancellationToken.Register(() => Stopped = true);
        await _finish.Task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return new StepFinished
        {
            Key = command.Key,
            Role = command.Role,
            Agent = command.Agent,
            Outcome = cancellationToken.IsCancellationRequested ? StepOutcome.Cancelled : StepOutcome.Succeeded,
            StartedAt = DateTimeOffset.UnixEpoch,
            FinishedAt = DateTimeOffset.UnixEpoch,
        };
    }
}
