using Orchestrator.Agents.Metering;
using Orchestrator.Agents.Prices;

namespace Orchestrator.Execution.ModelProxy;

/// <summary>One call on its way through the relay; booked once, when it is over.</summary>
internal sealed class MeteredCall(ModelMeter meter, ModelRequest request, CallAllowance allowance, TimeProvider time)
{
    // Faster than the models that think unseen: a reply that breaks off says nothing of that.
    private const int TokensPerSecond = 150;

    private readonly DateTimeOffset at = time.GetUtcNow();
    private readonly long begun = time.GetTimestamp();
    private readonly TaskCompletionSource over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ReplyUsage? reply;
    private bool refused;

    /// <summary>Ends when it is booked.</summary>
    public Task Ended => over.Task;

    /// <summary>The model answers.</summary>
    public void Answer(bool isStream) => reply = new ReplyUsage(isStream);

    /// <summary>The upstream said no: that costs nothing.</summary>
    public void Refuse() => refused = true;

    /// <summary>A piece of the answer passes.</summary>
    public void Add(ReadOnlySpan<byte> piece) => reply?.Add(piece);

    /// <summary>It is over.</summary>
    /// <param name="status">Status of the answer.</param>
    /// <param name="givenUp">Whether the agent, or the end of the launch, broke it off.</param>
    public void End(int status, bool givenUp)
    {
        reply?.Finish();
        var duration = time.GetElapsedTime(begun);
        meter.Book(at, request.Path, status, reply?.Model ?? allowance.Model, allowance, Usage(givenUp, duration), duration);
        over.SetResult();
    }

    private CallUsage? Usage(bool givenUp, TimeSpan duration) => reply switch
    {
        { IsWhole: true } => new CallUsage(reply.Tokens, IsEstimated: false, reply.StoppedAtLimit),
        { Bytes: 0 } => new CallUsage(TokenCount.Zero, IsEstimated: true, StoppedAtLimit: false),
        not null => new CallUsage(BrokenOff(reply, duration), IsEstimated: true, StoppedAtLimit: false),
        // Asked and not waited for: an answer that is not streamed is made to its end all the same. A stream ends with who reads it.
        null when givenUp && !refused && !request.IsStream => new CallUsage(new TokenCount(allowance.Input, 0, 0, allowance.MostTokens), IsEstimated: true, StoppedAtLimit: false),
        null => null,
    };

    private TokenCount BrokenOff(ReplyUsage broken, TimeSpan duration) => broken.Tokens with
    {
        Input = broken.Tokens == TokenCount.Zero ? allowance.Input : broken.Tokens.Input,
        Output = Math.Max(broken.Tokens.Output, Math.Min(allowance.MostTokens, Math.Max(broken.Pieces, (long)(duration.TotalSeconds * TokensPerSecond)))),
    };
}
