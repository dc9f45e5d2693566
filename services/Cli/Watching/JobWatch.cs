using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Orchestrator.Cli.Client;

namespace Orchestrator.Cli.Watching;

/// <summary>Follows a job by its event stream. Each burst of events is one look at the job, so that what is shown is what the server says and not what a stream implies.</summary>
public sealed class JobWatch(OrchestratorClient server, TimeProvider time)
{
    // The job can be seen to wait before the stream has told so; nothing marks the end of that stream.
    private static readonly TimeSpan LastEvents = TimeSpan.FromSeconds(2);

    // The stream of a job that is over ends by itself.
    private static readonly TimeSpan EndOfStream = TimeSpan.FromSeconds(10);

    /// <summary>Told about every event as it comes.</summary>
    public Action<ServerEvent>? OnEvent { get; init; }

    /// <summary>The job now, and again whenever something happened or <paramref name="tick"/> has passed; ends when the job is over or only a person can carry it on.</summary>
    public async IAsyncEnumerable<JobView> FollowAsync(string jobId, TimeSpan? tick, [EnumeratorCancellation] CancellationToken stop)
    {
        var job = (await server.JobAsync(jobId, stop)).Value;
        yield return job;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var events = Channel.CreateUnbounded<ServerEvent>();
        var reading = ReadAsync(jobId, events.Writer, end.Token);
        try
        {
            while (!IsSettled(job))
            {
                if (await NextAsync(events.Reader, tick, stop))
                    job = (await server.JobAsync(jobId, stop)).Value;
                else if (events.Reader.Completion.IsCompleted)
                    job = await LastAsync(jobId, events.Reader, stop);
                yield return job;
            }

            if (OnEvent is { } tell)
                await TellRestAsync(events.Reader, tell, job.IsOver ? EndOfStream : LastEvents, stop);
        }
        finally
        {
            await end.CancelAsync();
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Whether there is nothing to wait for but a person.</summary>
    public static bool IsSettled(JobView job) =>
        job.IsOver || job is { Status: "parked", HasRunningSteps: false, Parked: { NeedsPerson: true } or { Reason: "budget", WakeAt: null } };

    private async Task TellRestAsync(ChannelReader<ServerEvent> events, Action<ServerEvent> tell, TimeSpan most, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(most, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        try
        {
            await foreach (var item in events.ReadAllAsync(either.Token))
                tell(item);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !stop.IsCancellationRequested)
        {
            // The job is settled, whatever became of the stream.
        }
    }

    private async Task<JobView> LastAsync(string jobId, ChannelReader<ServerEvent> events, CancellationToken stop)
    {
        await events.Completion;
        var job = (await server.JobAsync(jobId, stop)).Value;
        return IsSettled(job) ? job : throw new ServerUnreachableException(server.Server);
    }

    private async Task<bool> NextAsync(ChannelReader<ServerEvent> events, TimeSpan? tick, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var ready = events.WaitToReadAsync(limit.Token).AsTask();
        if (tick is { } pause)
            await Task.WhenAny(ready, Task.Delay(pause, time, limit.Token));
        else
            await Task.WhenAny(ready);
        var any = ready.IsCompletedSuccessfully && ready.Result;
        await limit.CancelAsync();
        stop.ThrowIfCancellationRequested();
        while (any && events.TryRead(out var item))
            OnEvent?.Invoke(item);
        return any;
    }

    private async Task ReadAsync(string jobId, ChannelWriter<ServerEvent> events, CancellationToken stop)
    {
        try
        {
            await foreach (var item in server.EventsAsync(jobId, async limit => IsSettled((await server.JobAsync(jobId, limit)).Value), stop))
                await events.WriteAsync(item, stop);
            events.Complete();
        }
        catch (Exception failure)
        {
            events.Complete(failure);
        }
    }
}
