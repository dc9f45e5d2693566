using System.Text;
using Orchestrator.Agents;
using Orchestrator.Execution.Redaction;

namespace Orchestrator.Execution.Attempts;

/// <summary>
/// Takes known secrets out of what an agent's processes print, before anybody sees it: an adapter may cut it anywhere. The beginning of standard output is kept
/// in a file of the host, and given out without what looks like a secret.
/// </summary>
internal sealed class RawOutput(IAgentBox box, string file, KnownSecrets secrets) : IAgentBox, IAsyncDisposable
{
    /// <summary>Bytes that are kept.</summary>
    public const long MaxBytes = 16L * 1024 * 1024;

    private const int Window = 256 * 1024;

    private FileStream? stream;

    /// <summary>Whether the file could not take all that there is room for.</summary>
    public bool IsCut { get; private set; }

    /// <summary>What was kept, without what looks like a secret; empty when no process ran.</summary>
    public async Task<Stream> ReadAsync(SecretRules rules, CancellationToken cancellationToken)
    {
        if (stream is null)
            return Stream.Null;
        FileStream? masked = null;
        try
        {
            stream.Position = 0;
            masked = new FileStream($"{file}.masked", FileMode.Create, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
            await MaskAsync(stream, masked, rules, cancellationToken);
            masked.Position = 0;
            return masked;
        }
        catch (IOException)
        {
            // As below: a full disk costs the copy alone.
            IsCut = true;
            if (masked is not null)
                await masked.DisposeAsync();
            return Stream.Null;
        }
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

    /// <summary>Some lines at a time. A byte a character: what is no text stays as it is.</summary>
    private static async Task MaskAsync(Stream from, Stream to, SecretRules rules, CancellationToken cancellationToken)
    {
        var mask = new LineMask(rules);
        var window = new byte[Window];
        var (held, read) = (0, 0);
        while ((read = await from.ReadAsync(window.AsMemory(held), cancellationToken)) > 0)
        {
            var text = Encoding.Latin1.GetString(window, 0, held += read);
            var end = text.LastIndexOf('\n') + 1;
            if (end == 0 && held < window.Length)
                continue;
            end = end == 0 ? LineMask.Cut(text) : end;
            await to.WriteAsync(Encoding.Latin1.GetBytes(mask.Mask(text[..end])), cancellationToken);
            window.AsSpan(end, held - end).CopyTo(window);
            held -= end;
        }

        await to.WriteAsync(Encoding.Latin1.GetBytes(mask.Mask(Encoding.Latin1.GetString(window, 0, held))), cancellationToken);
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
