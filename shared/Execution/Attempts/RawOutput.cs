using Orchestrator.Agents;
using Orchestrator.Execution.Redaction;

namespace Orchestrator.Execution.Attempts;

/// <summary>
/// Takes known secrets out of what an agent's processes print, before anybody sees it: an adapter may cut it anywhere. Keeps the beginning of standard output,
/// otherwise as they print it, in a file of the host.
/// </summary>
internal sealed class RawOutput(IAgentBox box, string file, KnownSecrets secrets) : IAgentBox, IAsyncDisposable
{
    /// <summary>Bytes that are kept.</summary>
    public const long MaxBytes = 16L * 1024 * 1024;

    private FileStream? stream;

    /// <summary>Whether the file could not take all that there is room for.</summary>
    public bool IsCut { get; private set; }

    /// <summary>What was kept, at its beginning; empty when no process ran.</summary>
    public Stream Rewind()
    {
        if (stream is null)
            return Stream.Null;
        stream.Position = 0;
        return stream;
    }

    /// <inheritdoc />
    public async Task<BoxExit> RunAsync(AgentCommand command, IAgentOutput output, CancellationToken cancellationToken)
    {
        // Without a buffer: what the disk does not take is known at once, not when the file is closed.
        stream ??= new FileStream(file, FileMode.Create, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        var tee = new Tee(this, output, secrets);
        try
        {
            return await box.RunAsync(command, tee, cancellationToken);
        }
        finally
        {
            tee.Finish();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (stream is not null)
            await stream.DisposeAsync();
    }

    // A full disk costs the copy alone: the agent is still heard, and what it cost is the last that it says.
    private void Keep(ReadOnlySpan<byte> piece)
    {
        var room = IsCut ? 0 : MaxBytes - stream!.Length;
        if (room <= 0)
            return;
        try
        {
            stream!.Write(piece[..(int)Math.Min(room, piece.Length)]);
        }
        catch (IOException)
        {
            IsCut = true;
        }
    }

    private sealed class Tee(RawOutput kept, IAgentOutput next, KnownSecrets secrets) : IAgentOutput
    {
        private readonly ByteRedactor _output = secrets.NewForBytes();
        private readonly ByteRedactor _error = secrets.NewForBytes();

        public void OnStandardOutput(ReadOnlySpan<byte> piece) => PassOutput(_output.Write(piece));

        public void OnStandardError(ReadOnlySpan<byte> piece) => PassError(_error.Write(piece));

        /// <summary>Passes on what was held back; to be called when the process is over.</summary>
        public void Finish()
        {
            PassOutput(_output.Finish());
            PassError(_error.Finish());
        }

        private void PassOutput(ReadOnlySpan<byte> piece)
        {
            if (piece.IsEmpty)
                return;
            kept.Keep(piece);
            next.OnStandardOutput(piece);
        }

        private void PassError(ReadOnlySpan<byte> piece)
        {
            if (!piece.IsEmpty)
                next.OnStandardError(piece);
        }
    }
}
