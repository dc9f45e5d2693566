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
        var path = ArtifactPaths.JobFile(accepted.Job.JobId, ".accepted.json");
        return new AcceptedDocument(accepted, bytes, new DocumentReference(path, Convert.ToHexStringLower(SHA256.HashData(bytes))));
    }

    public async Task WriteAsync(AcceptedDocument document, CancellationToken cancellationToken)
    {
        using var accepted = new MemoryStream(document.Bytes, writable: false);
        await store.WriteAsync(document.Reference.Path, accepted, cancellationToken);
        using var job = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(document.Job.Job, ContractJson.Indented), writable: false);
        await store.WriteAsync(ArtifactPaths.Job(document.Job.Job.JobId), job, cancellationToken);
    }
}

public sealed record AcceptedDocument(AcceptedJob Job, byte[] Bytes, DocumentReference Reference);
