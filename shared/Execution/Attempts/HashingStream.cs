using System.Security.Cryptography;

namespace Orchestrator.Execution.Attempts;

/// <summary>Hashes what is written to a stream from its beginning, so that a growing file has its SHA-256 when it is closed.</summary>
internal sealed class HashingStream(Stream target) : Stream
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private string? sha256;

    /// <summary>Lower-case hex; only after it was closed.</summary>
    public string Sha256 => sha256 ?? throw new InvalidOperationException("The stream is still open.");

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => target.Length;

    public override long Position
    {
        get => target.Position;
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        hash.AppendData(buffer);
        target.Write(buffer);
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        hash.AppendData(buffer.Span);
        await target.WriteAsync(buffer, cancellationToken);
    }

    public override void Flush() => target.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => target.FlushAsync(cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        Close(() => hash.GetHashAndReset());
        await target.DisposeAsync();
        await base.DisposeAsync();
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Close(() => hash.GetHashAndReset());
            target.Dispose();
            hash.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Close(Func<byte[]> finish) => sha256 ??= Convert.ToHexStringLower(finish());
}
