using System.Buffers;
using Orchestrator.Agents;

namespace Orchestrator.Execution.Processes;

/// <summary>Carries both output pipes to the sink, one piece at a time, in buffers of fixed size.</summary>
internal sealed class ProcessOutput(IAgentOutput sink, TimeProvider time, Action onSinkFault)
{
    private const int BufferBytes = 64 * 1024;
    private readonly Lock _gate = new();
    private long _lastPiece = time.GetTimestamp();

    /// <summary>How long nothing has been printed.</summary>
    public TimeSpan Quiet => time.GetElapsedTime(Volatile.Read(ref _lastPiece));

    /// <summary>Reads both pipes to their ends. Faults with what the sink throws.</summary>
    public Task PumpAsync(Stream output, Stream error, CancellationToken cancellationToken) => Task.WhenAll(
        PumpAsync(output, isError: false, cancellationToken),
        PumpAsync(error, isError: true, cancellationToken));

    private async Task PumpAsync(Stream pipe, bool isError, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            int count;
            while ((count = await ReadAsync(pipe, buffer, cancellationToken)) > 0)
            {
                Volatile.Write(ref _lastPiece, time.GetTimestamp());
                Deliver(buffer.AsSpan(0, count), isError);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Deliver(ReadOnlySpan<byte> piece, bool isError)
    {
        try
        {
            lock (_gate)
            {
                if (isError)
                    sink.OnStandardError(piece);
                else
                    sink.OnStandardOutput(piece);
            }
        }
        catch
        {
            // Nobody reads this pipe any more: without a stop the process would block on it for ever.
            onSinkFault();
            throw;
        }
    }

    private static async ValueTask<int> ReadAsync(Stream pipe, byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await pipe.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // Somebody who left the tree keeps the pipe open; the run is over all the same.
            return 0;
        }
    }
}
