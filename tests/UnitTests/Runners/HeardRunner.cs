using System.Collections.Concurrent;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Contracts.Steps;
using Orchestrator.Execution.Attempts;
using Orchestrator.Hosting;
using Orchestrator.Messaging;
using Orchestrator.Runners;

namespace Orchestrator.UnitTests.Runners;

/// <summary>A real runner on the in-memory bus and SQLite; the test plays the engine and hears what the runner says.</summary>
public sealed class HeardRunner : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private WebApplication _app = null!;

    /// <summary>What the runner said, in the order of arrival.</summary>
    public ConcurrentQueue<object> Heard { get; } = new();

    public static async Task<HeardRunner> StartAsync(Func<RunStep, IAttemptObserver, CancellationToken, Task<StepFinished>> run)
    {
        var host = new HeardRunner();
        var builder = ServiceDefaults.CreateBuilder([]);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Messaging:Transport"] = "in-memory",
            ["Database:Provider"] = "sqlite",
            ["Database:Folder"] = host._folder.Join("database"),
            ["Artifacts:Directory"] = host._folder.Join("artifacts"),
            ["Execution:WorkDirectory"] = host._folder.Join("work"),
            ["Serilog:MinimumLevel:Default"] = "Error",
        });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddServiceDefaults("implementer-runner");
        builder.AddRunners(StepRole.Implementer);
        builder.AddMessaging(bus =>
        {
            bus.AddRunnerConsumers(StepRole.Implementer);
            bus.AddConsumer<Listener>().Endpoint(endpoint => endpoint.Name = "listener");
        });
        builder.Services.AddSingleton(host).AddSingleton<IAttemptEngine>(new Engine(run));
        host._app = builder.Build();
        await host._app.StartAsync();
        return host;
    }

    public static AttemptKey NewKey() => new(Guid.NewGuid(), "job-0001", 1, "02_implement", 1, 1, 1);

    public async Task SendAsync(RunStep command) =>
        await (await _app.Services.GetRequiredService<IBus>().GetSendEndpoint(Queues.Address(Queues.ImplementerRunner))).Send(command);

    public Task PublishAsync(CancelStep command) => _app.Services.GetRequiredService<IBus>().Publish(command);

    public Task<T> HeardAsync<T>() => Eventually.GetAsync(() => Heard.OfType<T>().FirstOrDefault());

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    private sealed class Engine(Func<RunStep, IAttemptObserver, CancellationToken, Task<StepFinished>> run) : IAttemptEngine
    {
        public Task<StepFinished> RunAsync(RunStep command, IAttemptObserver observer, CancellationToken cancellationToken) => run(command, observer, cancellationToken);
    }

    private sealed class Listener(HeardRunner host) : IConsumer<StepStarted>, IConsumer<BaseResolved>, IConsumer<StepFinished>
    {
        public Task Consume(ConsumeContext<StepStarted> context) => Hear(context.Message);

        public Task Consume(ConsumeContext<BaseResolved> context) => Hear(context.Message);

        public Task Consume(ConsumeContext<StepFinished> context) => Hear(context.Message);

        private Task Hear(object message)
        {
            host.Heard.Enqueue(message);
            return Task.CompletedTask;
        }
    }
}
