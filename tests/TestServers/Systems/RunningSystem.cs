using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Orchestrator.TestServers.Postgres;
using Orchestrator.TestServers.RabbitMq;

namespace Orchestrator.TestServers.Systems;

/// <summary>The whole system as it is deployed: every service a process (or several), one broker, one database, one artifact folder.</summary>
public sealed class RunningSystem : IAsyncDisposable
{
    private const string AdminToken = "orch_admin_for-tests-only-0123456789abcdef";
    /// <summary>Names of the projects of all services, in the order of their start.</summary>
    public static readonly IReadOnlyList<string> Services = ["Gateway", "Pipeline", "Scheduler", "Budget", "PlannerRunner", "ImplementerRunner", "ReviewerRunner"];
    private readonly List<ServiceProcess> _processes = [];
    private readonly Dictionary<string, string> _environment;

    private RunningSystem(RabbitMqVhost vhost, DirectoryInfo folder, Dictionary<string, string> environment) =>
        (Vhost, Folder, _environment) = (vhost, folder, environment);

    public RabbitMqVhost Vhost { get; }

    public DirectoryInfo Folder { get; }

    public string Artifacts => Path.Combine(Folder.FullName, "artifacts");

    public HttpClient Http { get; private set; } = null!;

    public static async Task<RunningSystem> StartAsync(int replicas = 1, IReadOnlyDictionary<string, string>? settings = null)
    {
        var vhost = await (await RabbitMqServer.SharedAsync()).NewVhostAsync();
        var database = await (await PostgresServer.SharedAsync()).NewDatabaseAsync();
        var folder = Directory.CreateTempSubdirectory("orchestrator-");
        var environment = new Dictionary<string, string>
        {
            ["ConnectionStrings__RabbitMq"] = vhost.Amqp.ToString(),
            ["ConnectionStrings__Postgres"] = database,
            ["Artifacts__Directory"] = Path.Combine(folder.FullName, "artifacts"),
            ["Execution__WorkDirectory"] = Path.Combine(folder.FullName, "work"),
            ["Gateway__AdminToken"] = AdminToken,
            ["Gateway__LocalRepositories__0"] = Path.GetTempPath(),
            ["Lease__Duration"] = "00:00:03",
            ["Lease__SweepInterval"] = "00:00:00.5",
            ["ORCHESTRATOR_SECRETS"] = folder.FullName,
        };
        foreach (var (name, value) in settings ?? new Dictionary<string, string>())
            environment[name] = value;
        var system = new RunningSystem(vhost, folder, environment);
        for (var replica = 0; replica < replicas; replica++)
        {
            foreach (var service in Services)
                system.Start(service);
        }

        await Task.WhenAll(system._processes.Select(process => process.WaitUntilReadyAsync()));
        system.Http = new HttpClient { BaseAddress = system.Of("Gateway").Address };
        system.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminToken);
        return system;
    }

    public ServiceProcess Of(string service) => _processes.First(process => process.Service == service);

    public ServiceProcess Start(string service)
    {
        var process = ServiceProcess.Start(service, _environment, Path.Combine(Folder.FullName, $"{service}-{_processes.Count}.log"));
        _processes.Add(process);
        return process;
    }

    public async Task KillAsync(ServiceProcess process)
    {
        await process.KillAsync();
        _processes.Remove(process);
        await process.DisposeAsync();
    }

    public async Task<string> SubmitAsync(object job)
    {
        using var answer = await Http.PostAsJsonAsync("/v1/jobs", job);
        var body = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode
            ? JsonDocument.Parse(body).RootElement.GetProperty("job_id").GetString()!
            : throw new InvalidOperationException($"{(int)answer.StatusCode}: {body}");
    }

    public Task<JsonElement> JobAsync(string jobId) => Http.GetFromJsonAsync<JsonElement>($"/v1/jobs/{jobId}");

    /// <summary>Waits until the job is over and answers its view.</summary>
    public async Task<JsonElement> FinishedAsync(string jobId, TimeSpan? limit = null)
    {
        JsonElement job = default;
        await Eventually.IsTrueAsync(
            async () =>
            {
                job = await JobAsync(jobId);
                return job.GetProperty("status").GetString() is "completed" or "success" or "failed" or "cancelled";
            },
            $"job {jobId} is over",
            limit ?? TimeSpan.FromMinutes(3));
        return job;
    }

    public string Artifact(string jobId, string path) => File.ReadAllText(Path.Combine(Artifacts, jobId, path));

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        await Task.WhenAll(_processes.Select(process => process.DisposeAsync().AsTask()));
        Folder.Delete(recursive: true);
    }
}
