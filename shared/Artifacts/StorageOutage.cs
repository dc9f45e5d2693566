namespace Orchestrator.Artifacts;

/// <summary>Tells storage that cannot answer now, which passes by itself, from a file that is not there or cannot be.</summary>
public static class StorageOutage
{
    // Of errno(3): input/output error, too many open files, no space, read-only, timed out, host down, stale handle, quota.
    private static readonly HashSet<int> Passing = [5, 23, 24, 28, 30, 110, 112, 116, 122];

    /// <summary>Whether this is a fault of the disk or of the remote storage, and none of the path.</summary>
    public static bool Is(Exception exception) => exception is StorageOutageException || exception is IOException && Passing.Contains(exception.HResult);
}

/// <summary>The artifact storage was not reached, or is busy or broken.</summary>
public sealed class StorageOutageException : IOException
{
    /// <summary>Creates it.</summary>
    public StorageOutageException()
    {
    }

    /// <summary>Creates it with a message.</summary>
    public StorageOutageException(string message)
        : base(message)
    {
    }

    /// <summary>Creates it with a message and a cause.</summary>
    public StorageOutageException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
