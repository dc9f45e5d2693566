using System.Threading.Channels;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Orchestrator.Contracts.Steps;
using Orchestrator.Hosting.Failpoints;

namespace Orchestrator.Runners.Attempts;

/// <summary>Publishes pieces of running logs for whoever watches. Best effort: a full queue or a broker that is away costs pieces, never the attempt; the store has them all.</summary>
public sealed class LiveLog(IBus bus) : BackgroundService
{
    // Messages stay far below 256 KB: a piece of 32 Ki characters is at most 96 KiB of UTF-8.
    private const int LongestPiece = 32 * 1024;

    private readonly Channel<StepLogChunk> _chunks = Channel.CreateBounded<StepLogChunk>(
        new BoundedChannelOptions(256) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    /// <summary>Takes a piece of one attempt's log, never waiting.</summary>
    public void Write(AttemptKey key, long offset, string text)
    {
        for (var start = 0; start < text.Length; start += LongestPiece)
        {
            var piece = text.Substring(start, Math.Min(LongestPiece, text.Length - start));
            _chunks.Writer.TryWrite(new StepLogChunk(key.JobId, key.StepId, key.Visit, key.Attempt, offset, piece));
            offset += System.Text.Encoding.UTF8.GetByteCount(piece);
        }
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var chunk in _chunks.Reader.ReadAllAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                await Failpoint.AroundAsync("log.publish", () => bus.Publish(chunk, stoppingToken)).WaitAsync(TimeSpan.FromSeconds(5), stoppingToken).ConfigureAwait(false);
            }
            catch (Exception) when (!stoppingToken.IsCancellationRequested)
            {
                // Readers see the gap by its offset and fetch it from the store.
            }
        }
    }
}
