namespace Orchestrator.Gateway.Callbacks;

/// <summary>Keeps the tries to one receiver few; a receiver that nobody waits for is forgotten.</summary>
internal sealed class Receivers(int perReceiver)
{
    private readonly Dictionary<string, Receiver> _byName = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Joins those who wait for a receiver; disposing leaves them.</summary>
    public Receiver Enter(string name)
    {
        lock (_byName)
        {
            if (!_byName.TryGetValue(name, out var receiver))
                _byName[name] = receiver = new Receiver(this, name, perReceiver);
            receiver.Visitors++;
            return receiver;
        }
    }

    private void Leave(Receiver receiver)
    {
        lock (_byName)
        {
            if (--receiver.Visitors == 0)
                _byName.Remove(receiver.Name);
        }
    }

    internal sealed class Receiver(Receivers all, string name, int places) : IDisposable
    {
        private readonly SemaphoreSlim _places = new(places);

        public string Name => name;

        public int Visitors { get; set; }

        /// <summary>A place; disposing gives it back.</summary>
        public async Task<IDisposable> WaitAsync(CancellationToken cancellationToken)
        {
            await _places.WaitAsync(cancellationToken);
            return new Place(_places);
        }

        public void Dispose() => all.Leave(this);
    }

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        public void Dispose() => places.Release();
    }
}
