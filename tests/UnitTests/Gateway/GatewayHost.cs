using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AwesomeAssertions;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Orchestrator.Artifacts;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;
using Orchestrator.Gateway;
using Orchestrator.Hosting;
using Orchestrator.Messaging;

namespace Orchestrator.UnitTests.Gateway;

/// <summary>
/// The Gateway by itself over real HTTP on a loopback port, with SQLite and the in-memory bus. Nobody answers behind it: jobs stay queued until
/// a test tells what happened to them, as the pipeline would.
/// </summary>
public class GatewayHost : IAsyncLifetime
{
    public const string AdminToken = "orch_admin_for-unit-tests-0123456789";

    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string?> _settings = new()
    {
        ["Messaging:Transport"] = "in-memory",
        ["Database:Provider"] = "sqlite",
        ["PROJECT_ALIASES"] = "shop=/srv/shop,bank=/srv/bank",
        ["Gateway:AdminToken"] = AdminToken,
        ["Gateway:RequestsPerAddress"] = "1000000",
        ["Gateway:RequestsPerToken"] = "1000000",
        ["Gateway:TokenCache"] = "00:00:00",
        ["Gateway:StreamPoll"] = "00:00:00.05",
        ["Gateway:StreamComment"] = "00:00:00.3",
    };

    private WebApplication? _app;

    public HttpClient Admin { get; private set; } = null!;

    public Uri Address => new(_app!.Urls.First());

    public LogLines Log { get; } = new();

    /// <summary>Puts parts of a test in the place of the Gateway's own.</summary>
    public Action<IServiceCollection> Replace { get; init; } = _ => { };

    public IReadOnlyList<RouteEndpoint> Routes => [.. ((IEndpointRouteBuilder)_app!).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()];

    public string ArtifactFolder => _folder.Join("artifacts");

    private WebApplication App => _app ?? throw new InvalidOperationException("Not started.");

    public static async Task<GatewayHost> StartAsync(params (string Name, string Value)[] settings)
    {
        var host = new GatewayHost();
        foreach (var (name, value) in settings)
            host._settings[name] = value;
        await host.InitializeAsync();
        return host;
    }

    public async ValueTask InitializeAsync()
    {
        await StartAppAsync();
        Admin = Client(AdminToken);
    }

    /// <summary>The same files under a new process, as far as one can have that within one.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAppAsync();
        Admin = Client(AdminToken);
    }

    public async Task StopAsync()
    {
        Admin.Dispose();
        await App.StopAsync();
        await App.DisposeAsync();
        _app = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await StopAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    public HttpClient Client(string? token)
    {
        var client = new HttpClient { BaseAddress = Address };
        if (token is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>A client whose token has these verbs and projects.</summary>
    public async Task<HttpClient> ClientOfAsync(string[] verbs, params string[] projects) => Client(await TokenAsync(verbs, projects));

    public async Task<string> TokenAsync(string[] verbs, params string[] projects)
    {
        using var answer = await Admin.PostAsJsonAsync("/v1/tokens", new { name = $"t-{Guid.NewGuid():N}"[..10], verbs, projects });
        return (await answer.JsonAsync()).Text("token");
    }

    public async Task<string> SubmitAsync(object job, HttpClient? client = null)
    {
        using var answer = await (client ?? Admin).PostAsJsonAsync("/v1/jobs", job);
        ((int)answer.StatusCode).Should().Be(202, await answer.Content.ReadAsStringAsync());
        return (await answer.JsonAsync()).Text("job_id");
    }

    public async Task<JsonElement> JobAsync(string id)
    {
        using var answer = await Admin.GetAsync($"/v1/jobs/{id}");
        return await answer.JsonAsync();
    }

    /// <summary>Tells the Gateway what happened, and waits until it shows.</summary>
    public async Task TellAsync<T>(T happened, string jobId, Func<JsonElement, bool> shown)
        where T : class
    {
        await PublishAsync(happened);
        await UntilAsync(async () => shown(await JobAsync(jobId)));
    }

    public Task PublishAsync<T>(T happened)
        where T : class => App.Services.GetRequiredService<IBus>().Publish(happened);

    /// <summary>Takes what the Gateway sends to the pipeline, which nobody else does here.</summary>
    public async Task<ConcurrentQueue<T>> TakeAsync<T>()
        where T : class
    {
        var sent = new ConcurrentQueue<T>();
        var pipeline = App.Services.GetRequiredService<IBusControl>().ConnectReceiveEndpoint(Queues.Pipeline, queue => queue.Handler<T>(context =>
        {
            sent.Enqueue(context.Message);
            return Task.CompletedTask;
        }));
        await pipeline.Ready;
        return sent;
    }

    public async Task<Guid> PipelineIdAsync(string jobId) => await QueryAsync(db => Task.FromResult(db.Jobs.Single(job => job.JobId == jobId).PipelineId));

    /// <summary>Ends a job as the pipeline does.</summary>
    public async Task FinishAsync(string jobId, JobOutcome? outcome = null)
    {
        var now = TimeProvider.System.GetUtcNow();
        await TellAsync(
            new JobCompleted(await PipelineIdAsync(jobId), jobId, 1, outcome ?? new JobOutcome { Summary = "Done.", StartedAt = now, FinishedAt = now }),
            jobId, job => job.Text("status") == "completed");
    }

    public Task<T> QueryAsync<T>(Func<GatewayDbContext, Task<T>> query) => WithAsync(query);

    /// <summary>Uses a part of the Gateway in a scope of its own.</summary>
    public async Task<T> WithAsync<TService, T>(Func<TService, Task<T>> use)
        where TService : notnull
    {
        await using var scope = App.Services.CreateAsyncScope();
        return await use(scope.ServiceProvider.GetRequiredService<TService>());
    }

    public async Task WriteArtifactAsync(string jobId, string path, string text)
    {
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(text));
        await App.Services.GetRequiredService<IArtifactStore>().WriteAsync($"{jobId}/{path}", content, CancellationToken.None);
    }

    public async Task AppendLogAsync(AttemptKey launch, string text)
    {
        await using var log = await App.Services.GetRequiredService<IArtifactStore>().OpenAppendAsync(ArtifactPaths.LiveLog(launch), CancellationToken.None);
        await log.WriteAsync(Encoding.UTF8.GetBytes(text));
    }

    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await condition())
            await Task.Delay(TimeSpan.FromMilliseconds(20), limit.Token);
    }

    private async Task StartAppAsync()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production", ContentRootPath = _folder.Path });
        _settings["Database:Folder"] = _folder.Path;
        _settings["Artifacts:Directory"] = ArtifactFolder;
        builder.Configuration.AddInMemoryCollection(_settings);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddServiceDefaults("gateway");
        builder.Services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(Log));
        builder.AddGateway();
        builder.AddMessaging(bus => bus.AddGatewayConsumers());
        Replace(builder.Services);
        _app = builder.Build();
        _app.MapGateway();
        _app.MapServiceDefaults();
        await _app.StartAsync();
    }
}
