using System.Runtime.InteropServices;

namespace Orchestrator.ChaosTests.Driving;

internal static partial class Signals
{
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    public static void Send(int process, int signal) => _ = SendTo(process, signal);

    /// <summary>Whether all of it stands still: SIGSTOP has arrived.</summary>
    public static bool IsStopped(int process)
    {
        try
        {
            var status = File.ReadAllText($"/proc/{process}/stat");
            return status[status.LastIndexOf(')') + 2] is 'T';
        }
        catch (IOException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendTo(int process, int signal);
}
