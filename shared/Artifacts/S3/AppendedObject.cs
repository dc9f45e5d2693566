namespace Orchestrator.Artifacts.S3;

/// <summary>
/// A growing object for one writer: bytes go to a local file; the whole is put when it is disposed, and on a flush when the last put is old enough.
/// </summary>
internal sealed class AppendedObject(FileStream buffer, Func<Stream, CancellationToken, Task> put, TimeSpan interval, TimeProvider time) : Stream
{
    private long uploadedAt = time.GetTimestamp();
    private bool changed = true;
    private bool disposed;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => buffer.Length;

    public override long Position
    {
        get => buffer.Position;
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] array, int offset, int count) => Write(array.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> span)
    {
        buffer.Write(span);
        changed = true;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> memory, CancellationToken cancellationToken = default)
    {
        Write(memory.Span);
        return ValueTask.CompletedTask;
    }

    public override void Flush() => buffer.Flush();

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (changed && time.GetElapsedTime(uploadedAt) >= interval)
            await UploadAsync(cancellationToken);
    }

    public override async ValueTask DisposeAsync()
    {
        if (!disposed)
        {
            disposed = true;
            try
            {
                if (changed)
                    await UploadAsync(CancellationToken.None);
            }
            finally
            {
                await buffer.DisposeAsync();
            }
        }

        await base.DisposeAsync();
    }

    public override int Read(byte[] array, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !disposed)
            DisposeAsync().AsTask().GetAwaiter().GetResult();
        base.Dispose(disposing);
    }

    private async Task UploadAsync(CancellationToken cancellationToken)
    {
        try
        {
            buffer.Position = 0;
            await put(buffer, cancellationToken);
            changed = false;
            uploadedAt = time.GetTimestamp();
        }
        finally
        {
            buffer.Seek(0, SeekOrigin.End);
        }
    }
}
