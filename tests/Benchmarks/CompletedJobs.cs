using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Orchestrator.TestServers.RabbitMq;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Orchestrator.Benchmarks;

/// <summary>Hears of finished jobs as any foreign system would: on the public exchanges.</summary>
internal sealed class CompletedJobs : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<long>> _jobs = new(StringComparer.Ordinal);
    private IConnection _connection = null!;

    public static async Task<CompletedJobs> ListenAsync(RabbitMqVhost vhost)
    {
        var listener = new CompletedJobs { _connection = await vhost.ConnectAsync() };
        var channel = await listener._connection.CreateChannelAsync();
        var queue = await channel.QueueDeclareAsync();
        foreach (var name in (string[])["job-completed", "job-failed", "job-cancelled"])
            await channel.QueueBindAsync(queue.QueueName, $"orchestrator.{name}", "");
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            var now = Stopwatch.GetTimestamp();
            using var body = JsonDocument.Parse(delivery.Body);
            var over = listener.Of(body.RootElement.GetProperty("job_id").GetString()!);
            if (body.RootElement.GetProperty("type").GetString() == "job_completed")
                over.TrySetResult(now);
            else
                over.TrySetException(new InvalidOperationException($"A no-op job did not complete: {body.RootElement}"));
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(queue.QueueName, autoAck: true, consumer);
        return listener;
    }

    /// <summary>The moment (stopwatch ticks) at which the job was completed; fails when it ends otherwise.</summary>
    public async Task<long> WhenAsync(string jobId)
    {
        try
        {
            return await Of(jobId).Task.WaitAsync(TimeSpan.FromMinutes(5));
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Job {jobId} was not over after five minutes.");
        }
    }

    public async ValueTask DisposeAsync() => await _connection.DisposeAsync();

    private TaskCompletionSource<long> Of(string jobId) => _jobs.GetOrAdd(jobId, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
