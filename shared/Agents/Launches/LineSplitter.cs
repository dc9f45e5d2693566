using System.Buffers;

namespace Orchestrator.Agents.Launches;

/// <summary>Cuts bytes into lines. A line over the limit is dropped as it comes and never held: 300 MB without an end cost no more than the limit.</summary>
internal sealed class LineSplitter(int longest, LineSplitter.LineAction onLine, Action<long> onDropped)
{
    // A big line's buffer is given back after it.
    private const int KeptCapacity = 256 * 1024;

    private ArrayBufferWriter<byte> _line = new();
    private long _dropped;

    /// <summary>Gets a line without its end.</summary>
    public delegate void LineAction(ReadOnlySpan<byte> line);

    /// <summary>Adds a piece; its borders mean nothing.</summary>
    public void Add(ReadOnlySpan<byte> piece)
    {
        while (!piece.IsEmpty)
        {
            var end = piece.IndexOf((byte)'\n');
            var part = end < 0 ? piece : piece[..end];
            if (end >= 0 && _dropped == 0 && _line.WrittenCount == 0 && part.Length <= longest)
                Deliver(part);
            else
                Keep(part, isWhole: end >= 0);
            piece = end < 0 ? [] : piece[(end + 1)..];
        }
    }

    /// <summary>Delivers a last line that was not ended.</summary>
    public void Finish()
    {
        if (_line.WrittenCount > 0 || _dropped > 0)
            EndLine();
    }

    private void Keep(ReadOnlySpan<byte> part, bool isWhole)
    {
        if (_dropped > 0 || _line.WrittenCount + (long)part.Length > longest)
        {
            _dropped += _line.WrittenCount + part.Length;
            Forget();
        }
        else
        {
            _line.Write(part);
        }

        if (isWhole)
            EndLine();
    }

    private void EndLine()
    {
        if (_dropped > 0)
            onDropped(_dropped);
        else
            Deliver(_line.WrittenSpan);
        _dropped = 0;
        Forget();
    }

    private void Deliver(ReadOnlySpan<byte> line)
    {
        line = line is [.., (byte)'\r'] ? line[..^1] : line;
        if (!line.IsEmpty)
            onLine(line);
    }

    private void Forget()
    {
        if (_line.Capacity > KeptCapacity)
            _line = new ArrayBufferWriter<byte>();
        else
            _line.ResetWrittenCount();
    }
}
