using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Orchestrator.Contracts.Steps;
using Orchestrator.Execution.Attempts;
using Orchestrator.Hosting;
using Orchestrator.Messaging;
using Orchestrator.Persistence.Leases;
using Orchestrator.Runners;
using Orchestrator.Runners.Attempts;
using Orchestrator.UnitTests.Persistence;

namespace Orchestrator.UnitTests.Runners;

/// <summary>A runner as it is in production, but for its clock, its agents and a database that can be made to fail.</summary>
internal sealed class RunnerHost : IAsyncDisposable
{
    private readonly SqliteFolder _folder = new();
    private readonly WebApplication _app;

    private RunnerHost()
    {
        var builder = ServiceDefaults.CreateBuilder([]);
        builder.Configuration.AddInMemoryCollection(_folder.Settings());
        builder.Configuration["Artifacts:Directory"] = Path.Join(_folder.Path, "artifacts");
        builder.Configuration["Execution:WorkDirectory"] = Path.Join(_folder.Path, "work");
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddServiceDefaults("runner");
        builder.Services.AddSingleton<TimeProvider>(Time);
        builder.AddRunners(StepRole.Implementer);
        builder.AddMessaging(bus => bus.AddRunnerConsumers(StepRole.Implementer));
        builder.Services.AddSingleton<IAttemptEngine>(Engine);
        builder.Services.ConfigureDbContext<RunnerDbContext>(options => options.AddInterceptors(Database.Commits, Database));
        _app = builder.Build();
    }

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.UnixEpoch.AddYears(60));

    public HeldEngine Engine { get; } = new();

    public FailingDatabase Database { get; } = new();

    public IServiceProvider Services => _app.Services;

    public static async Task<RunnerHost> StartAsync()
    {
        var host = new RunnerHost();
        await host._app.StartAsync();
        return host;
    }

    public static RunStep NewStep() => new()
    {
        Key = new AttemptKey(Guid.NewGuid(), "job-0001", 1, "implement", 1, 1, 1),
        Role = StepRole.Implementer,
        Agent = "simulated",
        Document = new DocumentReference("job.json", ""),
    };

    public async Task SendAsync(RunStep command) =>
        await (await Services.GetRequiredService<IBus>().GetSendEndpoint(Queues.Address(Queues.Of(command.Role)))).Send(command);

    /// <summary>Claims it for a runner that is not this one.</summary>
    public async Task ClaimAsync(RunStep command, string owner)
    {
        await using var scope = Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<StepLeases>().ClaimAsync(command, owner, new LeaseOptions().Duration, CancellationToken.None);
    }

    public async Task<AttemptLease?> FindAsync(AttemptKey key)
    {
        await using var scope = Services.CreateAsyncScope();
        return await new AttemptLeases(scope.ServiceProvider.GetRequiredService<RunnerDbContext>()).FindAsync(key);
    }

    public async ValueTask DisposeAsync()
    {
        Engine.Finish();
        await _app.DisposeAsync();
        _folder.Dispose();
    }
}
