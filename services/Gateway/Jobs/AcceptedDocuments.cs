using System.Security.Cryptography;
using System.Text.Json;
using Orchestrator.Artifacts;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Json;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.Gateway.Jobs;

/// <summary>The two documents of a job in the artifact store: what was decided (for the services) and the job itself (for people).</summary>
public sealed class AcceptedDocuments(IArtifactStore store)
{
    public static AcceptedDocument Serialize(AcceptedJob accepted)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(accepted, ContractJson.Options);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
        // Named by its content: a writer whose transaction is lost may be late, and must not replace what another one committed under the same job id.
        var path = ArtifactPaths.JobFile(accepted.Job.JobId, $".accepted-{sha256[..16]}.json");
        return new AcceptedDocument(accepted, bytes, new DocumentReference(path, sha256));
    }

    public async Task WriteAsync(AcceptedDocument document, CancellationToken cancellationToken)
    {
        using var accepted = new MemoryStream(document.Bytes, writable: false);
        await store.WriteAsync(document.Reference.Path, accepted, cancellationToken);
        using var job = new MemoryStream(Show(document.Job), writable: false);
        await store.WriteAsync(ArtifactPaths.Job(document.Job.Job.JobId), job, cancellationToken);
    }

    /// <summary><c>job.json</c> of the job that was committed, whatever a late writer left under that name; null when its document is gone.</summary>
    public async Task<byte[]?> ReadJobAsync(JobRow job, CancellationToken cancellationToken)
    {
        await using var stream = await store.OpenReadAsync(job.DocumentPath, 0, cancellationToken);
        return stream is not null && await JsonSerializer.DeserializeAsync<AcceptedJob>(stream, ContractJson.Options, cancellationToken) is { } accepted ? Show(accepted) : null;
    }

    private static byte[] Show(AcceptedJob accepted) => JsonSerializer.SerializeToUtf8Bytes(accepted.Job, ContractJson.Indented);
}

public sealed record AcceptedDocument(AcceptedJob Job, byte[] Bytes, DocumentReference Reference);
