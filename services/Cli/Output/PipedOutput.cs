using Microsoft.Win32.SafeHandles;

namespace Orchestrator.Cli.Output;

/// <summary>Standard output into another program. The runtime's own stream swallows that the reader has ended, and a followed log would go on for ever.</summary>
internal sealed class PipedOutput : Stream
{
    private const int BrokenPipe = 32;
    private readonly FileStream _pipe;

    private PipedOutput(FileStream pipe) => _pipe = pipe;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Standard output, if it is a pipe; files share their position with standard error, which only the runtime's own stream respects.</summary>
    public static Stream? Open()
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS())
            return null;
        var pipe = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return pipe.CanSeek ? null : new PipedOutput(pipe);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            _pipe.Write(buffer);
        }
        catch (IOException broken) when (broken.HResult == BrokenPipe)
        {
            throw new ReaderGoneException(broken);
        }
    }

    public override void Flush() => _pipe.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
