using System.Text;
using AwesomeAssertions;
using Orchestrator.Artifacts;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.UnitTests.Artifacts;

public sealed class PatientStoreTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(0.6);

    [Fact]
    public async Task An_outage_is_waited_out_and_the_whole_content_is_written()
    {
        var store = new Failing(times: 1, () => new StorageOutageException("away"));

        var written = await Patient(store).WriteAsync("a/b", Content(), TestContext.Current.CancellationToken);

        (written.Path, store.Written, store.Asked).Should().Be(("a/b", "whole", 2));
    }

    [Fact]
    public async Task An_outage_that_is_longer_than_the_patience_is_told()
    {
        var store = new Failing(times: 1000, () => new StorageOutageException("away"));

        var writing = () => Patient(store).WriteAsync("a/b", Content(), TestContext.Current.CancellationToken);

        await writing.Should().ThrowAsync<StorageOutageException>();
        store.Asked.Should().BeGreaterThan(1);
    }

    [Fact]
    public async Task A_refusal_is_told_at_once()
    {
        var store = new Failing(times: 1000, () => new IOException("a folder is in the way"));

        var writing = () => Patient(store).WriteAsync("a/b", Content(), TestContext.Current.CancellationToken);

        await writing.Should().ThrowAsync<IOException>();
        store.Asked.Should().Be(1);
    }

    [Fact]
    public async Task All_writes_of_a_launch_wait_no_longer_together()
    {
        var store = new Failing(times: 1000, () => new StorageOutageException("away"));
        var patient = Patient(store);
        var first = () => patient.WriteAsync("a", Content(), TestContext.Current.CancellationToken);
        await first.Should().ThrowAsync<StorageOutageException>();
        var asked = store.Asked;

        var second = () => patient.WriteAsync("b", Content(), TestContext.Current.CancellationToken);

        await second.Should().ThrowAsync<StorageOutageException>();
        store.Asked.Should().Be(asked + 1);
    }

    private static PatientStore Patient(IArtifactStore store) => new(store, Patience, TimeProvider.System, CancellationToken.None);

    private static MemoryStream Content() => new(Encoding.UTF8.GetBytes("whole"));

    /// <summary>Reads half of the content and fails, some times; then takes it.</summary>
    private sealed class Failing(int times, Func<Exception> fault) : IArtifactStore
    {
        public int Asked { get; private set; }

        public string Written { get; private set; } = "";

        public async Task<DocumentReference> WriteAsync(string path, Stream content, CancellationToken cancellationToken)
        {
            if (++Asked <= times)
            {
                await content.ReadExactlyAsync(new byte[2], cancellationToken);
                throw fault();
            }

            Written = await new StreamReader(content).ReadToEndAsync(cancellationToken);
            return new DocumentReference(path, "");
        }

        public Task<Stream?> OpenReadAsync(string path, long offset, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<long?> LengthAsync(string path, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task CopyAsync(string source, string target, CancellationToken cancellationToken) => throw new NotSupportedException();

        public IAsyncEnumerable<ArtifactEntry> ListAsync(string prefix, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task DeleteAsync(string prefix, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<Stream> OpenAppendAsync(string path, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
