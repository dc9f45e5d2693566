using System.Runtime.InteropServices;

namespace Orchestrator.Execution.Processes;

/// <summary>Sends signals; the framework's own <c>Kill</c> knows only SIGKILL.</summary>
internal static partial class Signals
{
    public const int Terminate = 15;

    public const int Kill = 9;

    /// <summary>Sends to one process. A process that is gone is no error.</summary>
    public static void Send(int pid, int signal)
    {
        if (pid > 1)
            _ = SendTo(pid, signal);
    }

    /// <summary>Sends to every process of a group.</summary>
    public static void SendToGroup(int group, int signal)
    {
        if (group > 1)
            _ = SendTo(-group, signal);
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendTo(int pid, int signal);
}
