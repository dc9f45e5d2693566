namespace Orchestrator.Execution.Workspaces;

/// <summary>
/// The folder in which this process keeps the folders of its launches, held by a lock for as long as it lives. What a killed process left is
/// found by its lock, which nobody holds, and removed by the next one that starts.
/// </summary>
internal sealed class InstanceFolder
{
    private const string LockFile = "lock";

    // Held until the process ends; the system gives it back.
    private readonly FileStream held;

    private InstanceFolder(string path, FileStream held)
    {
        Path = path;
        this.held = held;
    }

    public string Path { get; }

    public static InstanceFolder Create(string all)
    {
        PrivateFolder.Create(all);
        foreach (var other in Directory.EnumerateDirectories(all))
            RemoveAbandoned(other);
        var path = System.IO.Path.Join(all, Guid.NewGuid().ToString("N")[..8]);
        PrivateFolder.Create(path);
        return new InstanceFolder(path, Lock(path));
    }

    private static FileStream Lock(string folder) =>
        new(System.IO.Path.Join(folder, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);

    private static void RemoveAbandoned(string folder)
    {
        try
        {
            // Not there yet: its owner is just making it.
            if (!File.Exists(System.IO.Path.Join(folder, LockFile)))
                return;
            using (Lock(folder))
                FolderRemoval.Run(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Its owner lives, or another one that starts removes it too.
        }
    }
}
