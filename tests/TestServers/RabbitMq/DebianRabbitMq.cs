using Orchestrator.TestServers.Processes;

namespace Orchestrator.TestServers.RabbitMq;

/// <summary>
/// Debian's rabbitmq-server with everything of its own (ports, node name, port mapper, cookie, data), so that test runs
/// side by side never meet. It stops with the test process.
/// </summary>
public sealed class DebianRabbitMq : IOwnRabbitMq
{
    private const string Server = "/usr/lib/rabbitmq/bin/rabbitmq-server";
    private const string Control = "/usr/lib/rabbitmq/bin/rabbitmqctl";

    private readonly string _folder;
    private readonly int[] _ports;
    private readonly RabbitMqManagement _management;
    private GuardedProcess? _process;

    private DebianRabbitMq(string folder, int[] ports)
    {
        (_folder, _ports) = (folder, ports);
        _management = new RabbitMqManagement(new Uri($"amqp://guest:guest@127.0.0.1:{ports[0]}"), new Uri($"http://127.0.0.1:{ports[1]}"));
    }

    /// <inheritdoc />
    public string Version { get; private set; } = "";

    internal static async Task<DebianRabbitMq> StartAsync()
    {
        if (!File.Exists(Server))
            throw new InvalidOperationException("rabbitmq-server is missing. Install it (apt-get install rabbitmq-server), run ./test, or set ORCH_TEST_RABBITMQ.");
        var server = new DebianRabbitMq(Directory.CreateTempSubdirectory("orch-rabbit-").FullName, FreePort.Find(4));
        await server.StartProcessAsync();
        server.Version = await server._management.VersionAsync();
        ServerSource.Note("rabbitmq", server.Version, "Debian package");
        return server;
    }

    /// <inheritdoc />
    public Task<RabbitMqVhost> NewVhostAsync() => _management.NewVhostAsync();

    /// <inheritdoc />
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartProcessAsync();
    }

    /// <inheritdoc />
    public async Task StopAsync()
    {
        if (_process is not null)
            await _process.StopAsync();
        _process = null;
    }

    /// <inheritdoc />
    public Task BlockAsync() => WatermarkAsync("0");

    /// <inheritdoc />
    public Task UnblockAsync() => WatermarkAsync("0.4");

    /// <inheritdoc />
    public Task PauseAsync() => SignalAsync("-STOP");

    /// <inheritdoc />
    public Task ResumeAsync() => SignalAsync("-CONT");

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        else
            Directory.Delete(_folder, recursive: true);
        _management.Dispose();
    }

    private async Task SignalAsync(string signal) =>
        await Shell.RunAsync("kill", signal, (await File.ReadAllTextAsync(Path.Combine(_folder, "broker.pid"))).Trim());

    private Task<string> WatermarkAsync(string share) => Shell.RunAsync(
        "env", $"HOME={_folder}", $"ERL_EPMD_PORT={_ports[3]}", "RABBITMQ_CONF_ENV_FILE=/dev/null", $"RABBITMQ_NODENAME=orch{_ports[0]}@localhost",
        Control, "set_vm_memory_high_watermark", share);

    private async Task StartProcessAsync()
    {
        var (amqp, http, distribution, portMapper) = (_ports[0], _ports[1], _ports[2], _ports[3]);
        await File.WriteAllTextAsync(Path.Combine(_folder, "rabbitmq.conf"), $"""
            listeners.tcp.1 = 127.0.0.1:{amqp}
            management.tcp.ip = 127.0.0.1
            management.tcp.port = {http}
            collect_statistics_interval = 1000
            disk_free_limit.absolute = 50MB
            """);
        await File.WriteAllTextAsync(Path.Combine(_folder, "enabled_plugins"), "[rabbitmq_management].");
        _process = GuardedProcess.Start(new GuardOrders(_folder, "TERM", "KILL", $"epmd -address 127.0.0.1 -port {portMapper}"), [Server], new Dictionary<string, string>
        {
            ["HOME"] = _folder,
            ["ERL_EPMD_PORT"] = $"{portMapper}",
            ["RABBITMQ_CONF_ENV_FILE"] = "/dev/null",
            ["RABBITMQ_CONFIG_FILE"] = Path.Combine(_folder, "rabbitmq"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(_folder, "enabled_plugins"),
            ["RABBITMQ_MNESIA_BASE"] = Path.Combine(_folder, "data"),
            ["RABBITMQ_PID_FILE"] = Path.Combine(_folder, "broker.pid"),
            ["RABBITMQ_LOG_BASE"] = Path.Combine(_folder, "log"),
            ["RABBITMQ_NODENAME"] = $"orch{amqp}@localhost",
            ["RABBITMQ_DIST_PORT"] = $"{distribution}",
            // Schedulers that have nothing to do would spin on cores that the services need.
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "+sbwt none +sbwtdcpu none +sbwtdio none",
            // Without this the script stays in between as a shell that turns signals into a slow rabbitmqctl.
            ["RUNNING_UNDER_SYSTEMD"] = "1",
        });
        await _process.WaitUntilAsync(() => _management.IsUpAsync(), TimeSpan.FromSeconds(90));
    }
}
