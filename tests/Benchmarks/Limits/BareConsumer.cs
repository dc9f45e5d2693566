using System.Diagnostics;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestrator.TestServers.RabbitMq;

namespace Orchestrator.Benchmarks.Limits;

/// <summary>The limit that throughput is compared with: a bare MassTransit consumer on a quorum queue of the same broker, in the same run.</summary>
internal sealed class BareConsumer : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly Counter _counter;

    private BareConsumer(IHost host, Counter counter) => (_host, _counter) = (host, counter);

    public static async Task<BareConsumer> StartAsync()
    {
        var vhost = await (await RabbitMqServer.SharedAsync()).NewVhostAsync();
        var counter = new Counter();
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(counter);
        // What is published before the queue is bound is lost without a word.
        builder.Services.Configure<MassTransitHostOptions>(options => options.WaitUntilStarted = true);
        // Signals end the driver, not this host alone.
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
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
        var host = builder.Build();
        await host.StartAsync();
        return new BareConsumer(host, counter);
    }

    /// <summary>Messages per second from the first to the last of <paramref name="count"/>, and CPU milliseconds of each: broker, publisher and consumer.</summary>
    public async Task<(double PerSecond, double CpuMs)> MeasureAsync(int count)
    {
        _counter.Expect(count);
        var bus = _host.Services.GetRequiredService<IBus>();
        var cpu = new CpuClock(withDriver: true);
        var watch = Stopwatch.StartNew();
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, cancel) => await bus.Publish(new Tick(i), cancel));
        await _counter.Done.WaitAsync(TimeSpan.FromMinutes(5));
        return (count / watch.Elapsed.TotalSeconds, cpu.Seconds * 1000 / count);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    /// <summary>The message.</summary>
    public sealed record Tick(int Number);

    private sealed class Counter
    {
        private TaskCompletionSource _done = new();
        private int _left;

        public Task Done => _done.Task;

        public void Expect(int count) => (_done, _left) = (new(TaskCreationOptions.RunContinuationsAsynchronously), count);

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
