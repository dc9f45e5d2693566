using System.Security.Cryptography;
using Orchestrator.Artifacts;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.Execution.Workspaces;

/// <summary>Reads an artifact and believes it only when it has the SHA-256 that was recorded.</summary>
internal static class VerifiedCopy
{
    /// <summary>Copies the artifact to a file of the host.</summary>
    /// <exception cref="WorkspaceException"><see cref="ErrorCodes.InputMissing"/> when it is gone or not what was recorded.</exception>
    public static async Task RunAsync(IArtifactStore artifacts, DocumentReference reference, string file, CancellationToken cancellationToken)
    {
        await using var target = File.Create(file);
        await RunAsync(artifacts, reference, target, long.MaxValue, cancellationToken);
    }

    /// <summary>Reads a small artifact whole.</summary>
    /// <exception cref="WorkspaceException"><see cref="ErrorCodes.InputMissing"/> when it is gone, larger than <paramref name="limit"/> bytes or not what was recorded.</exception>
    public static async Task<byte[]> ReadAsync(IArtifactStore artifacts, DocumentReference reference, long limit, CancellationToken cancellationToken)
    {
        using var target = new MemoryStream();
        await RunAsync(artifacts, reference, target, limit, cancellationToken);
        return target.ToArray();
    }

    private static async Task RunAsync(IArtifactStore artifacts, DocumentReference reference, Stream target, long limit, CancellationToken cancellationToken)
    {
        await using var source = await artifacts.OpenReadAsync(reference.Path, 0, cancellationToken)
            ?? throw Unusable(reference, "is missing");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[16 * 1024];
        int read;
        var total = 0L;
        while ((read = await source.ReadAsync(buffer, cancellationToken)) > 0)
        {
            total += read;
            if (total > limit)
                throw Unusable(reference, $"is larger than {limit} bytes");
            hash.AppendData(buffer, 0, read);
            await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        if (!string.Equals(Convert.ToHexStringLower(hash.GetHashAndReset()), reference.Sha256, StringComparison.Ordinal))
            throw Unusable(reference, "is not what was recorded: its SHA-256 differs");
    }

    private static WorkspaceException Unusable(DocumentReference reference, string why) =>
        new(ErrorCodes.InputMissing, $"The artifact {reference.Path} {why}. Check that every service uses the same artifact store.");
}
