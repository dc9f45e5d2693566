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

/// <summary>The real saga on the in-memory bus and SQLite; the test plays the budget (it grants) and the runners (by script).</summary>
internal sealed class SagaHost : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("saga-");
    private WebApplication _app = null!;

    /// <summary>Answers a launch; null is a runner that is away.</summary>
    public Func<RunStep, StepFinished?> Runner { get; set; } = command => Report(command, StepOutcome.Succeeded);

    /// <summary>Everything that the saga said, in the order of arrival.</summary>
    public ConcurrentQueue<object> Seen { get; } = new();

    public static async Task<SagaHost> StartAsync(Action<SagaHost>? configure = null)
    {
        var host = new SagaHost();
        configure?.Invoke(host);
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Messaging:Transport"] = "in-memory",
            ["Database:Provider"] = "sqlite",
            ["Database:Folder"] = host._folder.FullName,
            ["Artifacts:Directory"] = Path.Combine(host._folder.FullName, "artifacts"),
            ["Pipeline:SweepInterval"] = "00:00:00.1",
            ["Pipeline:ReserveDeadline"] = "00:00:01",
            ["Pipeline:DispatchDeadline"] = "00:00:01",
            ["Pipeline:ProbeAgain"] = "00:00:01",
            ["Serilog:MinimumLevel:Default"] = "Error",
        });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddServiceDefaults("pipeline");
        builder.AddPipeline();
        builder.AddMessaging(bus =>
        {
            bus.AddPipelineConsumers();
            bus.AddConsumer<GrantingBudget>().Endpoint(endpoint => endpoint.Name = Queues.Budget);
            bus.AddConsumer<ScriptedRunner>().Endpoint(endpoint => endpoint.Name = Queues.ImplementerRunner);
            bus.AddConsumer<Listener>().Endpoint(endpoint => endpoint.Name = "listener");
        });
        builder.Services.AddSingleton(host);
        host._app = builder.Build();
        await host._app.StartAsync();
        return host;
    }

    public async Task<Guid> SubmitAsync(JobDocument job)
    {
        var accepted = new AcceptedJob
        {
            Job = job,
            Steps = [.. job.Steps.Select(step => new AcceptedStep { StepId = step.StepId, Role = StepRole.Implementer, Tools = [], CanWrite = true })],
        };
        var document = await _app.Services.GetRequiredService<IArtifactStore>().WriteAsync(
            $"{job.JobId}/.accepted.json", new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(accepted, ContractJson.Options)), CancellationToken.None);
        var start = new StartPipeline(Guid.NewGuid(), job.JobId, 1, document, DateTimeOffset.UnixEpoch);
        await SendAsync(start);
        return start.PipelineId;
    }

    public async Task SendAsync<T>(T command)
        where T : class =>
        await (await _app.Services.GetRequiredService<IBus>().GetSendEndpoint(Queues.Address(Queues.Pipeline))).Send(command);

    public Task PublishAsync<T>(T message)
        where T : class => _app.Services.GetRequiredService<IBus>().Publish(message);

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

    private sealed class GrantingBudget(SagaHost host) : IConsumer<ReserveBudget>, IConsumer<SettleBudget>, IConsumer<ReleaseBudget>
    {
        public Task Consume(ConsumeContext<ReserveBudget> context)
        {
            host.Seen.Enqueue(context.Message);
            return context.Publish(new BudgetReserved(context.Message.Key, null));
        }

        public Task Consume(ConsumeContext<SettleBudget> context)
        {
            host.Seen.Enqueue(context.Message);
            return Task.CompletedTask;
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
            await context.Publish(new StepStarted(report.Key, report.Role, report.Agent, "test", DateTimeOffset.UnixEpoch));
            await context.Publish(report);
        }
    }

    private sealed class Listener(SagaHost host) :
        IConsumer<JobStarted>, IConsumer<JobParked>, IConsumer<JobResumed>, IConsumer<JobCompleted>, IConsumer<JobFailed>, IConsumer<JobCancelled>, IConsumer<CancelStep>
    {
        public Task Consume(ConsumeContext<JobStarted> context) => See(context);

        public Task Consume(ConsumeContext<JobParked> context) => See(context);

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
