using Orchestrator.Agents.Metering;

namespace Orchestrator.Execution.ModelProxy;

/// <summary>One call on its way through the relay; booked once, when it is over.</summary>
internal sealed class MeteredCall(ModelMeter meter, ModelRequest request, TimeProvider time)
{
    private readonly DateTimeOffset at = time.GetUtcNow();
    private readonly long begun = time.GetTimestamp();
    private ReplyUsage? reply;
    private readonly TaskCompletionSource over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when it is booked.</summary>
    public Task Ended => over.Task;

    /// <summary>The model answers.</summary>
    public void Answer(bool isStream) => reply = new ReplyUsage(isStream);

    /// <summary>A piece of the answer passes.</summary>
    public void Add(ReadOnlySpan<byte> piece) => reply?.Add(piece);

    /// <summary>It is over.</summary>
    public void End(int status)
    {
        reply?.Finish();
        meter.Book(at, request.Path, status, request.Model, request.Length, reply, time.GetElapsedTime(begun));
        over.SetResult();
    }
}
