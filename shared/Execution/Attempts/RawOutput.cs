using Orchestrator.Agents;

namespace Orchestrator.Execution.Attempts;

/// <summary>Keeps the beginning of what an agent's processes print on standard output, as they print it, in a file of the host.</summary>
internal sealed class RawOutput(IAgentBox box, string file) : IAgentBox, IAsyncDisposable
{
    /// <summary>Bytes that are kept.</summary>
    public const long MaxBytes = 16L * 1024 * 1024;

    private FileStream? stream;

    /// <summary>What was kept, at its beginning; empty when no process ran.</summary>
    public Stream Rewind()
    {
        if (stream is null)
            return Stream.Null;
        stream.Position = 0;
        return stream;
    }

    /// <inheritdoc />
    public Task<BoxExit> RunAsync(AgentCommand command, IAgentOutput output, CancellationToken cancellationToken)
    {
        stream ??= new FileStream(file, FileMode.Create, FileAccess.ReadWrite);
        return box.RunAsync(command, new Tee(output, stream), cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (stream is not null)
            await stream.DisposeAsync();
    }

    private sealed class Tee(IAgentOutput next, FileStream file) : IAgentOutput
    {
        public void OnStandardOutput(ReadOnlySpan<byte> piece)
        {
            var room = MaxBytes - file.Length;
            if (room > 0)
                file.Write(piece[..(int)Math.Min(room, piece.Length)]);
            next.OnStandardOutput(piece);
        }

        public void OnStandardError(ReadOnlySpan<byte> piece) => next.OnStandardError(piece);
    }
}
