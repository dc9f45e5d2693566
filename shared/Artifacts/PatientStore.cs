using Orchestrator.Contracts.Steps;

namespace Orchestrator.Artifacts;

/// <summary>
/// The store as what one launch was paid for is written to it: an outage is waited out for a while, because the launch would have to be paid for again.
/// Everything else is the store's own.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="patience">How long the writes of the launch may wait together.</param>
/// <param name="time">Clock of the pauses.</param>
/// <param name="hurry">Ends the waiting, but no write.</param>
public sealed class PatientStore(IArtifactStore store, TimeSpan patience, TimeProvider time, CancellationToken hurry) : IArtifactStore
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private TimeSpan left = patience;

    /// <inheritdoc />
    public async Task<DocumentReference> WriteAsync(string path, Stream content, CancellationToken cancellationToken)
    {
        if (!content.CanSeek)
            return await store.WriteAsync(path, content, cancellationToken);
        var start = content.Position;
        for (var pause = TimeSpan.FromMilliseconds(500); ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                content.Position = start;
                return await store.WriteAsync(path, content, cancellationToken);
            }
            catch (IOException exception) when (StorageOutage.Is(exception) && left >= pause && !hurry.IsCancellationRequested)
            {
                left -= pause;
                await Task.Delay(pause, time, hurry).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <inheritdoc />
    public Task<Stream?> OpenReadAsync(string path, long offset, CancellationToken cancellationToken) => store.OpenReadAsync(path, offset, cancellationToken);

    /// <inheritdoc />
    public Task<long?> LengthAsync(string path, CancellationToken cancellationToken) => store.LengthAsync(path, cancellationToken);

    /// <inheritdoc />
    public Task CopyAsync(string source, string target, CancellationToken cancellationToken) => store.CopyAsync(source, target, cancellationToken);

    /// <inheritdoc />
    public IAsyncEnumerable<ArtifactEntry> ListAsync(string prefix, CancellationToken cancellationToken) => store.ListAsync(prefix, cancellationToken);

    /// <inheritdoc />
    public Task DeleteAsync(string prefix, CancellationToken cancellationToken) => store.DeleteAsync(prefix, cancellationToken);

    /// <inheritdoc />
    public Task<Stream> OpenAppendAsync(string path, CancellationToken cancellationToken) => store.OpenAppendAsync(path, cancellationToken);
}
