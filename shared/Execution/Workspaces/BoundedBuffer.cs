using System.Text;

namespace Orchestrator.Execution.Workspaces;

/// <summary>Takes whatever comes and keeps a bounded part of it, so that a flood neither fills memory nor blocks the process that floods.</summary>
/// <param name="limit">Bytes that are kept at most.</param>
/// <param name="keepEnd">Whether the end is kept, and not the beginning.</param>
internal sealed class BoundedBuffer(int limit, bool keepEnd) : Stream
{
    private readonly MemoryStream kept = new();

    /// <summary>Whether more came than was kept.</summary>
    public bool Overflowed { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => kept.Length;

    public override long Position
    {
        get => kept.Position;
        set => throw new NotSupportedException();
    }

    public byte[] ToArray() => kept.ToArray();

    public override string ToString() => Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length);

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (kept.Length + buffer.Length > limit)
        {
            Overflowed = true;
            if (!keepEnd)
                return;
            var end = kept.ToArray().AsSpan();
            kept.SetLength(0);
            kept.Write(end[^Math.Min(end.Length, limit / 2)..]);
            buffer = buffer[^Math.Min(buffer.Length, limit / 2)..];
        }

        kept.Write(buffer);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
