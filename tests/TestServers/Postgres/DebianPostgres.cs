using Npgsql;
using Orchestrator.TestServers.Processes;

namespace Orchestrator.TestServers.Postgres;

/// <summary>Debian's PostgreSQL with a data folder and port of its own. It refuses to run as root, so root starts it as <c>postgres</c>.</summary>
public sealed class DebianPostgres : IOwnPostgres
{
    private readonly string _folder;
    private readonly string _binaries;
    private readonly int _port;
    private readonly bool _durable;
    private GuardedProcess? _process;

    private DebianPostgres(string folder, string binaries, int port, bool durable) => (_folder, _binaries, _port, _durable) = (folder, binaries, port, durable);

    /// <inheritdoc />
    public string Version { get; private set; } = "";

    private string Address => $"Host=127.0.0.1;Port={_port};Username=postgres;Database=postgres";

    internal static async Task<DebianPostgres> StartAsync(bool durable)
    {
        var binaries = Binaries()
            ?? throw new InvalidOperationException("PostgreSQL is missing. Install it (apt-get install postgresql), run ./test, or set ORCH_TEST_POSTGRES.");
        var folder = Directory.CreateTempSubdirectory("orch-postgres-").FullName;
        if (Shell.IsRoot)
            await Shell.RunAsync("chown", "postgres", folder);
        await Shell.RunAsync([.. AsPostgres(), Path.Combine(binaries, "initdb"), "-D", Path.Combine(folder, "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]);
        var server = new DebianPostgres(folder, binaries, FreePort.Find(1)[0], durable);
        await server.StartProcessAsync();
        await using var connection = new NpgsqlConnection(server.Address + ";Pooling=false");
        await connection.OpenAsync();
        server.Version = connection.PostgreSqlVersion.ToString();
        ServerSource.Note("postgres", server.Version, "Debian package");
        return server;
    }

    /// <inheritdoc />
    public Task<string> NewDatabaseAsync() => GivenPostgres.CreateAsync(Address);

    /// <inheritdoc />
    public async Task StopAsync()
    {
        if (_process is not null)
            await _process.StopAsync();
        _process = null;
    }

    /// <inheritdoc />
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartProcessAsync();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        else
            Directory.Delete(_folder, recursive: true);
    }

    private async Task StartProcessAsync()
    {
        var flush = _durable ? "on" : "off";
        _process = GuardedProcess.Start(new GuardOrders(_folder, "INT", "QUIT"),
        [
            .. AsPostgres(), Path.Combine(_binaries, "postgres"), "-D", Path.Combine(_folder, "data"), "-p", $"{_port}", "-k", _folder,
            "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=400", "-c", "shared_buffers=64MB",
            "-c", $"fsync={flush}", "-c", $"synchronous_commit={flush}", "-c", $"full_page_writes={flush}",
        ], new Dictionary<string, string> { ["LC_ALL"] = "C.UTF-8" });
        await _process.WaitUntilAsync(AnswersAsync, TimeSpan.FromSeconds(60));
    }

    private async Task<bool> AnswersAsync()
    {
        await using var connection = new NpgsqlConnection(Address + ";Pooling=false;Timeout=2");
        await connection.OpenAsync();
        return true;
    }

    private static string[] AsPostgres() =>
        Shell.IsRoot ? ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"] : [];

    private static string? Binaries() =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory.EnumerateDirectories("/usr/lib/postgresql")
                .Select(version => Path.Combine(version, "bin"))
                .Where(bin => File.Exists(Path.Combine(bin, "postgres")))
                .OrderByDescending(bin => bin, StringComparer.Ordinal)
                .FirstOrDefault()
            : null;
}
