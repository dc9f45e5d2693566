using System.Diagnostics;
using Orchestrator.TestServers.Processes;

namespace Orchestrator.TestServers.Systems;

/// <summary>One real service as a process of its own.</summary>
public sealed class ServiceProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly DeathWatch _watch;
    private readonly StreamWriter _log;

    private ServiceProcess(string service, Process process, Uri address, StreamWriter log) =>
        (Service, _process, Address, _log, _watch) = (service, process, address, log, DeathWatch.Over(process.Id));

    /// <summary>Name of the project.</summary>
    public string Service { get; }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Its process.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>Starts the service that was built beside the tests, with exactly this environment added.</summary>
    public static ServiceProcess Start(string service, IReadOnlyDictionary<string, string> environment, string logFile)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort.Find(1)[0]}");
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var root = output.Parent!.Parent!.Parent!.Parent!.Parent!.FullName;
        var start = new ProcessStartInfo(Path.Combine(root, "services", service, "bin", output.Parent.Name, output.Name, $"Orchestrator.{service}"))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        start.Environment["ASPNETCORE_URLS"] = address.ToString();
        var log = new StreamWriter(logFile) { AutoFlush = true };
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{service} did not start.");
        process.OutputDataReceived += (_, line) => Write(log, line.Data);
        process.ErrorDataReceived += (_, line) => Write(log, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new ServiceProcess(service, process, address, log);
    }

    /// <summary>Waits for its readiness; fails when it dies.</summary>
    public Task WaitUntilReadyAsync() => Eventually.IsTrueAsync(
        () => _process.HasExited ? throw new InvalidOperationException($"{Service} ended with {_process.ExitCode}.") : IsReadyAsync(),
        $"{Service} is ready",
        TimeSpan.FromMinutes(5));

    /// <summary>Asks once whether it is ready, as a cluster does every few seconds.</summary>
    public async Task<bool> IsReadyAsync()
    {
        using var http = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            using var answer = await http.GetAsync("/health/ready");
            return answer.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    /// <summary>SIGKILL: no chance to say anything.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: false);
        await _process.WaitForExitAsync();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using var stop = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }

        _watch.Dispose();
        _process.Dispose();
        await _log.DisposeAsync();
    }

    private static void Write(StreamWriter log, string? line)
    {
        lock (log)
        {
            if (line is not null && log.BaseStream is { CanWrite: true })
                log.WriteLine(line);
        }
    }
}
