namespace Orchestrator.Hosting;

/// <summary>Wakes a sweep before its time. Rings that nobody has heard yet are one.</summary>
public sealed class Bell : IDisposable
{
    private readonly SemaphoreSlim _rung = new(0, 1);

    /// <summary>There is something to do.</summary>
    public void Ring()
    {
        if (_rung.CurrentCount > 0)
            return;
        try
        {
            _rung.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else rang in this moment.
        }
    }

    /// <summary>Waits for a ring, for so long at most; false when the time was over.</summary>
    public Task<bool> WaitAsync(TimeSpan limit, CancellationToken cancellationToken) => _rung.WaitAsync(limit, cancellationToken);

    /// <inheritdoc />
    public void Dispose() => _rung.Dispose();
}
