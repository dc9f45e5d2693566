using System.Buffers;
using System.Security.Cryptography;

namespace Orchestrator.Artifacts;

/// <summary>Copies a stream and hashes it on the way, so that the recorded SHA-256 is of the very bytes that were written.</summary>
internal static class HashingCopy
{
    private const int BufferBytes = 64 * 1024;

    /// <summary>Copies everything and returns the lower-case hex SHA-256.</summary>
    public static async Task<string> RunAsync(Stream source, Stream target, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            int read;
            while ((read = await source.ReadAsync(buffer.AsMemory(0, BufferBytes), cancellationToken)) > 0)
            {
                hash.AppendData(buffer, 0, read);
                target.Write(buffer, 0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
