namespace Orchestrator.Artifacts.S3;

/// <summary>Collects bytes in memory and, beyond a limit, in a temporary file that disappears with its handle.</summary>
internal sealed class SpillingStream(int limit) : Stream
{
    private Stream current = new MemoryStream();

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => current.Length;

    public override long Position
    {
        get => current.Position;
        set => throw new NotSupportedException();
    }

    public static FileStream OpenTemporary() => new(
        Path.Join(Path.GetTempPath(), $"orchestrator-{Guid.NewGuid():N}"),
        FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 16 * 1024, FileOptions.DeleteOnClose);

    /// <summary>What was collected, at its beginning; stays this stream's to dispose.</summary>
    public Stream Rewind()
    {
        current.Position = 0;
        return current;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (current is MemoryStream memory && memory.Length + buffer.Length > limit)
        {
            current = OpenTemporary();
            memory.WriteTo(current);
            memory.Dispose();
        }

        current.Write(buffer);
    }

    public override void Flush() => current.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            current.Dispose();
        base.Dispose(disposing);
    }
}
