using System.Security.Cryptography;
using System.Text.Json;
using Orchestrator.Artifacts;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Json;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.Pipeline.Saga;

/// <summary>Reads accepted jobs out of the artifact store and checks that they are the bytes that were accepted.</summary>
public sealed class AcceptedJobs(IArtifactStore store)
{
    /// <summary>Reads one.</summary>
    /// <exception cref="InvalidDataException">It is missing or not what was accepted.</exception>
    public async Task<AcceptedJob> ReadAsync(DocumentReference reference, CancellationToken cancellationToken)
    {
        await using var stream = await store.OpenReadAsync(reference.Path, 0, cancellationToken).ConfigureAwait(false)
            ?? throw new InvalidDataException($"The accepted job {reference.Path} is not in the artifact store. Gateway and Pipeline must share one store.");
        using var memory = new MemoryStream();
        await stream.CopyToAsync(memory, cancellationToken).ConfigureAwait(false);
        var bytes = memory.ToArray();
        if (!string.Equals(Convert.ToHexStringLower(SHA256.HashData(bytes)), reference.Sha256, StringComparison.Ordinal))
            throw new InvalidDataException($"The accepted job {reference.Path} is not what was accepted: its SHA-256 differs.");
        return JsonSerializer.Deserialize<AcceptedJob>(bytes, ContractJson.Options)
            ?? throw new InvalidDataException($"The accepted job {reference.Path} is empty.");
    }
}
