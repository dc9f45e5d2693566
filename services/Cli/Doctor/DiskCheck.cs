using System.Globalization;

namespace Orchestrator.Cli.Doctor;

/// <summary>Room for workspaces, artifacts and temporary files.</summary>
public static class DiskCheck
{
    private const long Gibi = 1L << 30;

    public static Check Run(string name, string folder)
    {
        var existing = new DirectoryInfo(folder);
        while (!existing.Exists && existing.Parent is { } parent)
            existing = parent;
        var free = new DriveInfo(existing.FullName).AvailableFreeSpace;
        var detail = string.Create(CultureInfo.InvariantCulture, $"{free / (double)Gibi:0.0} GiB free at {existing.FullName}");
        return free switch
        {
            < Gibi / 4 => Check.Fail(name, detail, "Make room: a job needs a checkout of its repository and its artifacts."),
            < 2 * Gibi => Check.Warn(name, detail, "Make room before jobs on large repositories."),
            _ => Check.Ok(name, detail),
        };
    }
}
