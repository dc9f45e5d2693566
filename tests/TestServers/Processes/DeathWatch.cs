using System.Diagnostics;
using System.Globalization;

namespace Orchestrator.TestServers.Processes;

/// <summary>Kills a process when the test process ends without having done so itself: also when it was killed.</summary>
internal sealed class DeathWatch : IDisposable
{
    // It waits for the end of a pipe that only the test process holds open. A word through it means that all is in order.
    private const string Watch = """read -r word; [ "$word" = done ] || kill -KILL "$1" 2>/dev/null""";

    private readonly Process _watch;

    private DeathWatch(Process watch) => _watch = watch;

    /// <summary>Watches over the process; in a session of its own, so that what ends the tests does not end it first.</summary>
    public static DeathWatch Over(int process)
    {
        var start = new ProcessStartInfo("setsid", ["sh", "-c", Watch, "watch", process.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        return new DeathWatch(Process.Start(start) ?? throw new InvalidOperationException("setsid did not start."));
    }

    /// <summary>The process has ended: there is nothing to kill any more.</summary>
    public void Dispose()
    {
        _watch.StandardInput.WriteLine("done");
        _watch.StandardInput.Close();
        _watch.Dispose();
    }
}
