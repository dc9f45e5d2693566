using System.Globalization;
using System.Net.Http.Headers;
using Npgsql;
using Orchestrator.TestServers.Postgres;
using Orchestrator.TestServers.RabbitMq;
using Orchestrator.TestServers.Systems;

namespace Orchestrator.ChaosTests.Driving;

/// <summary>The whole system on a broker and a database of its own, made to be broken: every process has a name, a plan for its failpoints and can be started again.</summary>
internal sealed class ChaosSystem : IAsyncDisposable
{
    /// <summary>Stand in the places where real secrets stand, and must be found nowhere else.</summary>
    public static readonly string[] Canaries = ["orch_admin_chaos-canary-1f4c9a7be0d24c55", "chaos-canary-broker-8d1c2f6a90b34e77"];

    public static readonly IReadOnlyList<string> Services = RunningSystem.Services;
    public static readonly IReadOnlyList<string> Runners = [.. Services.Where(service => service.EndsWith("Runner", StringComparison.Ordinal))];

    private const string BrokerUser = "chaos-services";
    private readonly Dictionary<string, string> _environment;
    private readonly Dictionary<string, Incarnation> _running = [];
    private int _started;

    private ChaosSystem(IOwnRabbitMq broker, IOwnPostgres database, RabbitMqVhost vhost, string connection, DirectoryInfo folder, ChaosProfile profile)
    {
        (Broker, Database, Vhost, Connection, Folder, Profile) = (broker, database, vhost, connection, folder, profile);
        _environment = new Dictionary<string, string>
        {
            ["ConnectionStrings__RabbitMq"] = vhost.Amqp.ToString(),
            ["Artifacts__Directory"] = Artifacts,
            ["Artifacts__TemporaryLifetime"] = "00:00:10",
            ["Execution__WorkDirectory"] = Path.Combine(folder.FullName, "work"),
            ["Lease__Duration"] = profile.Lease.ToString(),
            ["Lease__SweepInterval"] = "00:00:00.5",
            ["Database__OutboxLease"] = "00:00:03",
            ["Database__OutboxSweep"] = "00:00:01",
            ["Gateway__Callbacks__AllowedNetworks__0"] = "127.0.0.1/32",
            ["Gateway__Callbacks__FirstRetry"] = "00:00:01",
            ["ORCHESTRATOR_SECRETS"] = Path.Combine(folder.FullName, "secrets"),
        };
    }

    public ChaosProfile Profile { get; }

    public IOwnRabbitMq Broker { get; }

    public IOwnPostgres Database { get; }

    public RabbitMqVhost Vhost { get; }

    public string Connection { get; }

    public DirectoryInfo Folder { get; }

    public string Artifacts => Path.Combine(Folder.FullName, "artifacts");

    public string Records => Path.Combine(Folder.FullName, "failpoints");

    public string Logs => Path.Combine(Folder.FullName, "logs");

    /// <summary>Connections that each process started from now on may have to the database; null is the default.</summary>
    public int? PoolSize { get; set; }

    public IReadOnlyCollection<Incarnation> Running => _running.Values;

    public static async Task<ChaosSystem> StartAsync(ChaosProfile profile)
    {
        var servers = (Broker: RabbitMqServer.StartOwnAsync(), Database: PostgresServer.StartOwnAsync());
        var (broker, database) = (await servers.Broker, await servers.Database);
        var folder = Directory.CreateTempSubdirectory("orchestrator-chaos-");
        var vhost = await broker.NewVhostAsync();
        var system = new ChaosSystem(broker, database, vhost, await database.NewDatabaseAsync(), folder, profile);
        await system.PlantSecretsAsync();
        foreach (var service in Services)
        {
            system.Order(service, "");
            system.Start(service);
        }

        await system.ReadyAsync();
        return system;
    }

    public Incarnation Of(string service) => _running[service];

    /// <summary>Tells a service what to do at its failpoints from now on: the process that runs and those that follow.</summary>
    public void Order(string service, string orders)
    {
        var file = OrderFile(service);
        File.WriteAllText($"{file}.new", orders);
        File.Move($"{file}.new", file, overwrite: true);
    }

    public string OrdersOf(string service) => File.ReadAllText(OrderFile(service));

    /// <summary>Starts a service that does not run.</summary>
    public Incarnation Start(string service)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{service}-{++_started}");
        var environment = new Dictionary<string, string>(_environment)
        {
            ["ConnectionStrings__Postgres"] = new NpgsqlConnectionStringBuilder(Connection) { ApplicationName = name }.ConnectionString,
            ["ORCHESTRATOR_FAILPOINTS"] = $"@{OrderFile(service)}",
            ["ORCHESTRATOR_FAILPOINTS_RECORD"] = Path.Combine(Records, name),
        };
        if (PoolSize is { } size)
            environment["Database__PoolSize"] = size.ToString(CultureInfo.InvariantCulture);
        return _running[service] = new Incarnation(name, ServiceProcess.Start(service, environment, Path.Combine(Logs, $"{name}.log")));
    }

    /// <summary>SIGKILL, in whatever state it is, and the next incarnation.</summary>
    public async Task<Incarnation> KillAsync(string service)
    {
        var old = _running[service];
        await old.Process.KillAsync();
        await old.Process.DisposeAsync();
        return Start(service);
    }

    /// <summary>SIGTERM; how long it took to end. Then the next incarnation.</summary>
    public async Task<TimeSpan> StopInOrderAsync(string service)
    {
        var old = _running[service];
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await old.Process.DisposeAsync();
        watch.Stop();
        Start(service);
        return watch.Elapsed;
    }

    public Task ReadyAsync() => Task.WhenAll(_running.Values.Select(running => running.Process.WaitUntilReadyAsync()));

    /// <summary>A client of the door; the address changes with every incarnation.</summary>
    public HttpClient Client()
    {
        var client = new HttpClient { BaseAddress = Of("Gateway").Process.Address, Timeout = TimeSpan.FromSeconds(10) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Canaries[0]);
        return client;
    }

    public async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Connection) { Pooling = false, ApplicationName = "oracle", CommandTimeout = 60 }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>The failpoints that were passed so far, each with the service that passed it most; what happens only at a start is left out.</summary>
    public List<(string Service, string Place)> Places() => [.. Directory.EnumerateFiles(Records)
        .SelectMany(file => ReadLines(file).Select(line => (Service: Path.GetFileName(file).Split('-')[0], Place: line.Split(' ')[1])))
        .CountBy(hit => hit).GroupBy(hits => hits.Key.Place).Select(hits => hits.MaxBy(hit => hit.Value)).Where(hits => hits.Value > 3).Select(hits => hits.Key).OrderBy(hit => hit.Place, StringComparer.Ordinal)];

    public async ValueTask DisposeAsync()
    {
        foreach (var running in _running.Values)
            Signals.Send(running.Process.Id, Signals.Continue);
        await Task.WhenAll(_running.Values.Select(running => running.Process.DisposeAsync().AsTask()));
        await Broker.DisposeAsync();
        await Database.DisposeAsync();
        if (Environment.GetEnvironmentVariable("ORCH_CHAOS_KEEP") != "1")
            Folder.Delete(recursive: true);
    }

    private string OrderFile(string service) => Path.Combine(Folder.FullName, "orders", service);

    private static IEnumerable<string> ReadLines(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
            yield return line;
    }

    private async Task PlantSecretsAsync()
    {
        foreach (var folder in new[] { Records, Logs, Path.Combine(Folder.FullName, "orders"), _environment["ORCHESTRATOR_SECRETS"] })
            Directory.CreateDirectory(folder);
        await Vhost.Management.PutAsync($"users/{BrokerUser}", new { password = Canaries[1], tags = "" });
        await Vhost.Management.PutAsync($"permissions/{Vhost.Name}/{BrokerUser}", new { configure = ".*", write = ".*", read = ".*" });
        await SecretAsync("Gateway__AdminToken", Canaries[0]);
        await SecretAsync("Messaging__Username", BrokerUser);
        await SecretAsync("Messaging__Password", Canaries[1]);
    }

    private Task SecretAsync(string name, string value) => File.WriteAllTextAsync(Path.Combine(_environment["ORCHESTRATOR_SECRETS"], name), value);
}

/// <summary>One process of a service, from its start to its end.</summary>
/// <param name="Name">Also the name of its connections to the database.</param>
/// <param name="Process">The process.</param>
internal sealed record Incarnation(string Name, ServiceProcess Process);
