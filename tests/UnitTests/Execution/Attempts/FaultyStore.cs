using Orchestrator.Artifacts;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.UnitTests.Execution.Attempts;

/// <summary>A store that fails where the test says so.</summary>
internal sealed class FaultyStore(IArtifactStore store, Func<string, Exception?> fault) : IArtifactStore
{
    public Task<DocumentReference> WriteAsync(string path, Stream content, CancellationToken cancellationToken) => Checked(path).WriteAsync(path, content, cancellationToken);

    public Task<Stream?> OpenReadAsync(string path, long offset, CancellationToken cancellationToken) => Checked(path).OpenReadAsync(path, offset, cancellationToken);

    public Task<long?> LengthAsync(string path, CancellationToken cancellationToken) => Checked(path).LengthAsync(path, cancellationToken);

    public Task CopyAsync(string source, string target, CancellationToken cancellationToken) => Checked(source).CopyAsync(source, target, cancellationToken);

    public IAsyncEnumerable<ArtifactEntry> ListAsync(string prefix, CancellationToken cancellationToken) => Checked(prefix).ListAsync(prefix, cancellationToken);

    public Task DeleteAsync(string prefix, CancellationToken cancellationToken) => Checked(prefix).DeleteAsync(prefix, cancellationToken);

    public Task<Stream> OpenAppendAsync(string path, CancellationToken cancellationToken) => Checked(path).OpenAppendAsync(path, cancellationToken);

    private IArtifactStore Checked(string path) => fault(path) is { } exception ? throw exception : store;
}
