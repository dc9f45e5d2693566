using System.Diagnostics;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestrator.TestServers.RabbitMq;

namespace Orchestrator.Benchmarks;

/// <summary>The limit that throughput is compared with: a bare MassTransit consumer on a quorum queue of the same broker, in the same run.</summary>
internal static class BareConsumer
{
    /// <summary>Messages per second from the first to the last of <paramref name="count"/>.</summary>
    public static async Task<double> MeasureAsync(int count)
    {
        var vhost = await (await RabbitMqServer.SharedAsync()).NewVhostAsync();
        var counter = new Counter(count);
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddSingleton(counter);
        // What is published before the queue is bound is lost without a word.
        builder.Services.Configure<MassTransitHostOptions>(options => options.WaitUntilStarted = true);
        builder.Services.AddMassTransit(bus =>
        {
            bus.AddConsumer<CountingConsumer>();
            bus.UsingRabbitMq((context, transport) =>
            {
                transport.Host(vhost.Amqp);
                transport.ReceiveEndpoint("bare", endpoint =>
                {
                    endpoint.SetQuorumQueue();
                    endpoint.PrefetchCount = 64;
                    endpoint.ConfigureConsumer<CountingConsumer>(context);
                });
            });
        });
        using var host = builder.Build();
        await host.StartAsync();
        var bus = host.Services.GetRequiredService<IBus>();
        var watch = Stopwatch.StartNew();
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, cancel) => await bus.Publish(new Tick(i), cancel));
        await counter.Done.WaitAsync(TimeSpan.FromMinutes(2));
        var rate = count / watch.Elapsed.TotalSeconds;
        await host.StopAsync();
        return rate;
    }

    /// <summary>The message.</summary>
    public sealed record Tick(int Number);

    private sealed class Counter(int count)
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _left = count;

        public Task Done => _done.Task;

        public void Count()
        {
            if (Interlocked.Decrement(ref _left) == 0)
                _done.TrySetResult();
        }
    }

    private sealed class CountingConsumer(Counter counter) : IConsumer<Tick>
    {
        public Task Consume(ConsumeContext<Tick> context)
        {
            counter.Count();
            return Task.CompletedTask;
        }
    }
}
