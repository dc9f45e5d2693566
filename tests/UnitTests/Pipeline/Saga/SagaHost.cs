using System.Collections.Concurrent;
using System.Text.Json;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Artifacts;
using Orchestrator.Contracts.Budget;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Json;
using Orchestrator.Contracts.Steps;
using Orchestrator.Hosting;
using Orchestrator.Messaging;
using Orchestrator.Pipeline;

namespace Orchestrator.UnitTests.Pipeline.Saga;

/// <summary>The real saga on the in-memory bus and SQLite, or on what the settings say; the test plays the budget and the runners.</summary>
public sealed class SagaHost : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("saga-");
    private readonly ConcurrentDictionary<AttemptKey, bool> _run = new();
    private readonly Dictionary<string, string?> _settings = [];
    private WebApplication _app = null!;

    /// <summary>Answers a launch; null is a runner that is away.</summary>
    public Func<RunStep, StepFinished?> Runner { get; set; } = command => Report(command, StepOutcome.Succeeded);

    /// <summary>Answers a reservation; null is a budget that is away.</summary>
    public Func<ReserveBudget, object?> Budget { get; set; } = command => new BudgetReserved(command.Key, null);

    /// <summary>Everything that the saga said, in the order of arrival.</summary>
    public ConcurrentQueue<object> Seen { get; init; } = new();

    /// <summary>Everything that the saga was told by budget and runners.</summary>
    public ConcurrentQueue<object> Told { get; } = new();

    public IServiceProvider Services => _app.Services;

    public static async Task<SagaHost> StartAsync(Action<SagaHost>? configure = null, IReadOnlyDictionary<string, string?>? settings = null, SagaHost? twin = null)
    {
        var host = new SagaHost { Seen = twin?.Seen ?? new() };
        configure?.Invoke(host);
        host._settings["Messaging:Transport"] = "in-memory";
        host._settings["Database:Provider"] = "sqlite";
        host._settings["Artifacts:Directory"] = Path.Combine((twin ?? host)._folder.FullName, "artifacts");
        foreach (var (name, value) in settings ?? new Dictionary<string, string?>())
            host._settings[name] = value;
        await host.StartAsync();
        return host;
    }

    /// <summary>A new process on the same database: what was on its way on the bus is gone.</summary>
    public async Task RestartAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        await StartAsync();
    }

    private async Task StartAsync()
    {
        var builder = ServiceDefaults.CreateBuilder([]);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Database:Folder"] = _folder.FullName,
            ["Pipeline:SweepInterval"] = "00:00:00.1",
            ["Pipeline:ReserveDeadline"] = "00:00:01",
            ["Pipeline:DispatchDeadline"] = "00:00:01",
            ["Pipeline:ProbeAgain"] = "00:00:01",
            ["Serilog:MinimumLevel:Default"] = "Error",
        });
        builder.Configuration.AddInMemoryCollection(_settings);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddServiceDefaults("pipeline");
        builder.AddPipeline();
        builder.AddMessaging(bus =>
        {
            bus.AddPipelineConsumers();
            bus.AddConsumer<ScriptedBudget>().Endpoint(endpoint => endpoint.Name = Queues.Budget);
            bus.AddConsumer<ScriptedRunner>().Endpoint(endpoint => endpoint.Name = Queues.ImplementerRunner);
            bus.AddConsumer<Listener>().Endpoint(endpoint => endpoint.Name = "listener");
        });
        builder.Services.AddSingleton(this);
        _app = builder.Build();
        await _app.StartAsync();
    }

    /// <summary>Plays a runner with one slot: takes the oldest command that waits.</summary>
    public async Task<RunStep> StartNextAsync()
    {
        var command = await SeenAsync<RunStep>(command => !_run.ContainsKey(command.Key));
        _run[command.Key] = true;
        await PublishAsync(new StepStarted(command.Key, command.Role, command.Agent, "test", DateTimeOffset.UnixEpoch));
        return command;
    }

    /// <summary>Takes the oldest command that waits, and is done with it at once.</summary>
    public async Task<RunStep> RunNextAsync()
    {
        var command = await StartNextAsync();
        await PublishAsync(Report(command, StepOutcome.Succeeded));
        return command;
    }

    /// <summary>Asks the database of the saga.</summary>
    public async Task<T> AskAsync<T>(Func<PipelineDbContext, Task<T>> ask)
    {
        await using var scope = _app.Services.CreateAsyncScope();
        return await ask(scope.ServiceProvider.GetRequiredService<PipelineDbContext>());
    }

    public async Task<Guid> SubmitAsync(JobDocument job, Guid? pipelineId = null)
    {
        var accepted = new AcceptedJob
        {
            Job = job,
            Steps = [.. job.Steps.Select(step => new AcceptedStep { StepId = step.StepId, Role = StepRole.Implementer, Tools = [], CanWrite = true })],
        };
        var document = await _app.Services.GetRequiredService<IArtifactStore>().WriteAsync(
            $"{job.JobId}/.accepted.json", new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(accepted, ContractJson.Options)), CancellationToken.None);
        var start = new StartPipeline(pipelineId ?? Guid.NewGuid(), job.JobId, 1, document, DateTimeOffset.UnixEpoch);
        Started[job.JobId] = start;
        await SendAsync(start);
        return start.PipelineId;
    }

    /// <summary>What each job was started with last.</summary>
    public ConcurrentDictionary<string, StartPipeline> Started { get; } = new();

    /// <summary>Begins the next run of a job.</summary>
    public async Task<StartPipeline> RetryAsync(string jobId, string? from = null)
    {
        var start = Started[jobId];
        Started[jobId] = start = start with { PipelineId = Guid.NewGuid(), Run = start.Run + 1, Retry = new RunRetry(from, "ann", null) };
        await SendAsync(start);
        return start;
    }

    /// <summary>An artifact of a job as text, or null.</summary>
    public async Task<string?> ArtifactAsync(string path)
    {
        if (await Services.GetRequiredService<IArtifactStore>().OpenReadAsync(path, 0, CancellationToken.None) is not { } stream)
            return null;
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }

    public async Task SendAsync<T>(T command)
        where T : class =>
        await (await _app.Services.GetRequiredService<IBus>().GetSendEndpoint(Queues.Address(Queues.Pipeline))).Send(command);

    public Task PublishAsync(object message) => _app.Services.GetRequiredService<IBus>().Publish(message, message.GetType());

    public Task<T> SeenAsync<T>(Func<T, bool>? which = null) =>
        Eventually.GetAsync(() => Seen.OfType<T>().FirstOrDefault(message => which?.Invoke(message) ?? true));

    public IReadOnlyList<string> Launched => [.. Seen.OfType<RunStep>().DistinctBy(command => command.Key).Select(command => command.Key.StepId)];

    public static StepFinished Report(RunStep command, StepOutcome outcome, string? code = null, bool changed = false) => new()
    {
        Key = command.Key,
        Outcome = outcome,
        Agent = command.Agent,
        Role = command.Role,
        Summary = $"{command.Key.StepId} {outcome}",
        ErrorCode = code,
        ErrorMessage = code is null ? null : $"because {code}",
        Changed = changed,
        BaseCommit = "base",
        Work = changed ? new StepWork(command.Key.StepId, $"commit-{command.Key.StepId}-{command.Key.Token}", null) : null,
        Usage = new AgentUsage { CostMicroUsd = 10, Calls = 1 },
        StartedAt = DateTimeOffset.UnixEpoch,
        FinishedAt = DateTimeOffset.UnixEpoch,
    };

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private sealed class ScriptedBudget(SagaHost host) : IConsumer<ReserveBudget>, IConsumer<SettleBudget>, IConsumer<ReleaseBudget>
    {
        public Task Consume(ConsumeContext<ReserveBudget> context) => ReserveAsync(context, context.Message);

        public async Task Consume(ConsumeContext<SettleBudget> context)
        {
            host.Seen.Enqueue(context.Message);
            foreach (var next in context.Message.Next ?? [])
                await ReserveAsync(context, next);
        }

        private Task ReserveAsync(ConsumeContext context, ReserveBudget command)
        {
            host.Seen.Enqueue(command);
            if (host.Budget(command) is not { } answer)
                return Task.CompletedTask;
            host.Told.Enqueue(answer);
            return context.Publish(answer, answer.GetType());
        }

        public Task Consume(ConsumeContext<ReleaseBudget> context)
        {
            host.Seen.Enqueue(context.Message);
            return Task.CompletedTask;
        }
    }

    private sealed class ScriptedRunner(SagaHost host) : IConsumer<RunStep>
    {
        public async Task Consume(ConsumeContext<RunStep> context)
        {
            host.Seen.Enqueue(context.Message);
            if (host.Runner(context.Message) is not { } report)
                return;
            var started = new StepStarted(report.Key, report.Role, report.Agent, "test", DateTimeOffset.UnixEpoch);
            host.Told.Enqueue(started);
            host.Told.Enqueue(report);
            await context.Publish(started);
            await context.Publish(report);
        }
    }

    private sealed class Listener(SagaHost host) :
        IConsumer<JobStarted>, IConsumer<JobQueued>, IConsumer<JobParked>, IConsumer<JobHalted>, IConsumer<JobResumed>, IConsumer<JobCompleted>, IConsumer<JobFailed>, IConsumer<JobCancelled>, IConsumer<CancelStep>
    {
        public Task Consume(ConsumeContext<JobStarted> context) => See(context);

        public Task Consume(ConsumeContext<JobQueued> context) => See(context);

        public Task Consume(ConsumeContext<JobParked> context) => See(context);

        public Task Consume(ConsumeContext<JobHalted> context) => See(context);

        public Task Consume(ConsumeContext<JobResumed> context) => See(context);

        public Task Consume(ConsumeContext<JobCompleted> context) => See(context);

        public Task Consume(ConsumeContext<JobFailed> context) => See(context);

        public Task Consume(ConsumeContext<JobCancelled> context) => See(context);

        public Task Consume(ConsumeContext<CancelStep> context) => See(context);

        private Task See<T>(ConsumeContext<T> context)
            where T : class
        {
            host.Seen.Enqueue(context.Message);
            return Task.CompletedTask;
        }
    }
}
