using System.Diagnostics;

namespace Orchestrator.TestServers.Processes;

/// <summary>
/// A server of ours in a session of its own. It ends with the test process, also when that is killed: a shell beside it
/// waits for the end of a pipe that only the test process holds open.
/// </summary>
internal sealed class GuardedProcess : IAsyncDisposable
{
    // $1 is the signal that asks the server to stop, $2 a helper to start before it (or nothing), the rest the server.
    private const string Guard = """
        signal=$1; before=$2; shift 2
        exec 3<&0
        if [ -n "$before" ]; then sh -c "exec $before" </dev/null & fi
        "$@" </dev/null 3<&- &
        server=$!
        ( cat <&3 >/dev/null
          kill -"$signal" $server 2>/dev/null
          tries=0; while kill -0 $server 2>/dev/null && [ $tries -lt 50 ]; do tries=$((tries + 1)); sleep 0.1; done
          kill -KILL 0 ) &
        wait $server
        wait
        """;

    private readonly Process _process;
    private readonly string _log;

    private GuardedProcess(Process process, string log) => (_process, _log) = (process, log);

    public static GuardedProcess Start(
        string stopSignal, string? before, IEnumerable<string> command, IReadOnlyDictionary<string, string> environment, string log)
    {
        var start = new ProcessStartInfo("setsid")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = false,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var argument in (string[])["--wait", "sh", "-c", $"exec >>'{log}' 2>&1\n{Guard}", "guard", stopSignal, before ?? ""])
            start.ArgumentList.Add(argument);
        foreach (var argument in command)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new GuardedProcess(Process.Start(start) ?? throw new InvalidOperationException("setsid did not start."), log);
    }

    /// <summary>Waits until the server answers; fails with the end of its log when it dies or the time is over.</summary>
    public async Task WaitUntilAsync(Func<Task<bool>> answers, TimeSpan limit)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            if (_process.HasExited || watch.Elapsed > limit)
                throw new InvalidOperationException($"The server did not answer within {limit}. End of {_log}:\n{await TailAsync()}");
            try
            {
                if (await answers())
                    return;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // Not listening yet.
            }

            await Task.Delay(50);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<string> TailAsync()
    {
        var lines = File.Exists(_log) ? await File.ReadAllLinesAsync(_log) : [];
        return string.Join('\n', lines.TakeLast(40));
    }
}
