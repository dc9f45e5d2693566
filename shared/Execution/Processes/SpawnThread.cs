using System.Collections.Concurrent;
using System.Diagnostics;

namespace Orchestrator.Execution.Processes;

/// <summary>
/// Starts every process from one thread that lives as long as this program. <c>bwrap --die-with-parent</c> is PR_SET_PDEATHSIG, and the kernel counts the
/// <em>thread</em> that forked as the parent: a box started from a pool thread is killed when the pool retires that thread.
/// </summary>
internal static class SpawnThread
{
    private static readonly BlockingCollection<Action> Requests = [];

    static SpawnThread() => new Thread(Work) { IsBackground = true, Name = "process-spawn" }.Start();

    /// <summary>Starts the process; throws what <see cref="Process.Start()"/> throws.</summary>
    public static Task<Process> StartAsync(ProcessStartInfo info)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        Requests.Add(() =>
        {
            try
            {
                started.SetResult(Process.Start(info)!);
            }
            catch (Exception error)
            {
                started.SetException(error);
            }
        });
        return started.Task;
    }

    private static void Work()
    {
        foreach (var request in Requests.GetConsumingEnumerable())
            request();
    }
}
