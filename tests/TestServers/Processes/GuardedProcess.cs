using System.Diagnostics;

namespace Orchestrator.TestServers.Processes;

/// <summary>
/// A server of ours in a session of its own. It ends with the test process, also when that is killed: a shell beside it
/// waits for the end of a pipe that only the test process holds open.
/// </summary>
internal sealed class GuardedProcess : IAsyncDisposable
{
    // $1 is the signal for a stop in order, $2 the one for the end of a test, $3 a helper to start first (or nothing), $4 the
    // folder that goes when nobody holds the pipe any more, the rest the server.
    private const string Guard = """
        stop=$1; end=$2; helper=$3; folder=$4; shift 4
        exec 3<&0
        if [ -n "$helper" ]; then sh -c "exec $helper" </dev/null 3<&- & fi
        "$@" </dev/null 3<&- &
        server=$!
        ( word=$(cat <&3)
          [ "$word" = stop ] && signal=$stop || signal=$end
          kill -"$signal" $server 2>/dev/null
          tries=0; while kill -0 $server 2>/dev/null && [ $tries -lt 100 ]; do tries=$((tries + 1)); sleep 0.1; done
          [ "$word" = stop ] || { kill -KILL $server 2>/dev/null; rm -rf "$folder" || { sleep 1; rm -rf "$folder"; }; }
          kill -KILL 0 ) 3<&3 &
        exec 3<&-
        wait $server
        wait
        """;

    private readonly Process _process;
    private readonly string _log;

    private GuardedProcess(Process process, string log) => (_process, _log) = (process, log);

    public static GuardedProcess Start(
        GuardOrders orders, IEnumerable<string> command, IReadOnlyDictionary<string, string> environment)
    {
        var log = Path.Combine(orders.Folder, "out.log");
        var start = new ProcessStartInfo("setsid")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = false,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var argument in (string[])["--wait", "sh", "-c", $"exec >>'{log}' 2>&1\n{Guard}", "guard", orders.StopSignal, orders.EndSignal, orders.Helper ?? "", orders.Folder])
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

    /// <summary>Stops the server in order; its folder stays.</summary>
    public async Task StopAsync()
    {
        await _process.StandardInput.WriteAsync("stop");
        await DisposeAsync();
    }

    /// <summary>Ends the server and removes its folder, just as the end of the test process does.</summary>
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

/// <summary>What the guard of a server does.</summary>
/// <param name="Folder">The server's folder; its log goes there.</param>
/// <param name="StopSignal">For a stop in order.</param>
/// <param name="EndSignal">For the end of a test, when nothing needs to be kept.</param>
/// <param name="Helper">A command to start before the server, or null.</param>
internal sealed record GuardOrders(string Folder, string StopSignal, string EndSignal, string? Helper = null);
