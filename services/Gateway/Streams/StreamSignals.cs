using System.Collections.Concurrent;

namespace Orchestrator.Gateway.Streams;

/// <summary>Wakes open streams when something new is there, in this process; streams look by themselves now and then for what other processes wrote.</summary>
public sealed class StreamSignals
{
    private readonly ConcurrentDictionary<object, TaskCompletionSource> _bells = new();

    public void Ring(Guid pipelineId) => Ring((object)pipelineId);

    public void Ring(string jobId, string stepId) => Ring((object)(jobId, stepId));

    /// <summary>Waits for news of a job, or until the time is over.</summary>
    public Task WaitAsync(Guid pipelineId, TimeSpan limit, CancellationToken cancellationToken) => WaitAsync((object)pipelineId, limit, cancellationToken);

    /// <summary>Waits for news of a step's log, or until the time is over.</summary>
    public Task WaitAsync(string jobId, string stepId, TimeSpan limit, CancellationToken cancellationToken) => WaitAsync((object)(jobId, stepId), limit, cancellationToken);

    private void Ring(object key)
    {
        if (_bells.TryRemove(key, out var bell))
            bell.TrySetResult();
    }

    private async Task WaitAsync(object key, TimeSpan limit, CancellationToken cancellationToken)
    {
        var bell = _bells.GetOrAdd(key, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            await bell.Task.WaitAsync(limit, cancellationToken);
        }
        catch (TimeoutException)
        {
            _bells.TryRemove(new(key, bell));
        }
    }
}
