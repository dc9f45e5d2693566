using AwesomeAssertions;
using Orchestrator.Artifacts;
using Orchestrator.Artifacts.Directory;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Gateway.Jobs;
using Orchestrator.Pipeline.Saga;

namespace Orchestrator.UnitTests.Gateway.Jobs;

public sealed class AcceptedDocumentsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_writer_that_lost_its_transaction_does_not_replace_the_document_of_the_one_that_committed()
    {
        var store = new DirectoryArtifactStore(_folder.Path);
        var documents = new AcceptedDocuments(store);
        var (lost, committed) = (Accepted("00-lost-01"), Accepted("00-committed-01"));

        await documents.WriteAsync(committed, CancellationToken.None);
        await documents.WriteAsync(lost, CancellationToken.None);

        (await new AcceptedJobs(store).ReadAsync(committed.Reference, CancellationToken.None)).TraceParent.Should().Be("00-committed-01");
        ArtifactPaths.IsHidden(lost.Reference.Path).Should().BeTrue();
    }

    private static AcceptedDocument Accepted(string traceParent) => AcceptedDocuments.Serialize(new AcceptedJob
    {
        Job = new JobDocument { JobId = "job-0001", Goal = "goal", Steps = [] },
        Steps = [],
        TraceParent = traceParent,
    });
}
