namespace Orchestrator.Execution.Processes;

/// <summary>Looks programs up as <c>execvp</c> does, so that a missing one is a named reason and not an exit code of a wrapper.</summary>
public static class Executable
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Full path of the program, or null when there is none that may be executed.</summary>
    /// <param name="program">A path, or a name to look up.</param>
    /// <param name="searchPath">Folders separated by colons.</param>
    public static string? Find(string program, string searchPath)
    {
        if (program.Length == 0)
            return null;
        if (program.Contains('/', StringComparison.Ordinal))
            return CanRun(program) ? program : null;
        return searchPath.Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(CanRun);
    }

    private static bool CanRun(string path)
    {
        try
        {
            return !OperatingSystem.IsWindows() && File.Exists(path) && (File.GetUnixFileMode(path) & AnyExecute) != 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }
}
