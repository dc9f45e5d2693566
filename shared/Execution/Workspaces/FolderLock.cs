namespace Orchestrator.Execution.Workspaces;

/// <summary>Holds a folder for one worker at a time, across the processes of this machine; the system gives it back when its holder dies.</summary>
internal static class FolderLock
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits for the lock; disposing gives it back.</summary>
    public static async Task<IDisposable> TakeAsync(string file, TimeProvider time, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
            }
            catch (IOException) when (File.Exists(file))
            {
                // flock(2) has no wait that could be cancelled.
                await Task.Delay(Look, time, cancellationToken);
            }
        }
    }
}
