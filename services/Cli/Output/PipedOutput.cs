using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Orchestrator.Cli.Output;

/// <summary>Standard output into another program. The runtime's own stream swallows that the reader has ended, and a followed log would go on for ever.</summary>
internal sealed partial class PipedOutput : Stream
{
    private const int Descriptor = 1;
    private const int Interrupted = 4;
    private const int TryAgain = 11;
    private const int BrokenPipe = 32;
    private const int ConnectionReset = 104;
    private const short Writable = 4;

    private PipedOutput()
    {
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Standard output, if it leads to another program; the codes are those of Linux.</summary>
    public static Stream? Open() => OperatingSystem.IsLinux() && System.Console.IsOutputRedirected ? new PipedOutput() : null;

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            var written = write(Descriptor, buffer, (nuint)buffer.Length);
            if (written >= 0)
                buffer = buffer[(int)written..];
            else
                Recover(Marshal.GetLastPInvokeError());
        }
    }

    public override void Flush()
    {
        // Nothing is held back.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private static void Recover(int error)
    {
        switch (error)
        {
            case Interrupted:
                return;
            case TryAgain:
                // Whoever made the pipe made it so that a full one does not wait.
                var descriptor = new PollDescriptor { Descriptor = Descriptor, Events = Writable };
                _ = poll(ref descriptor, 1, -1);
                return;
            case BrokenPipe or ConnectionReset:
                throw new ReaderGoneException(new Win32Exception(error));
            default:
                throw new IOException($"Standard output cannot be written: {new Win32Exception(error).Message}.");
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int descriptor, ReadOnlySpan<byte> buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(ref PollDescriptor descriptors, nuint count, int timeout);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
