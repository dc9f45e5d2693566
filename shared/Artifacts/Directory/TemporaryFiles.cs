using System.Globalization;
using Folder = System.IO.Directory;

namespace Orchestrator.Artifacts.Directory;

/// <summary>
/// Files on their way into the store, in one folder beside them, so that what a killed process left is found without a walk through all artifacts.
/// Each bears the second in which it was begun: a hard link has the times of what it links to.
/// </summary>
internal sealed class TemporaryFiles(string root, TimeProvider clock)
{
    private readonly string _folder = Folder.CreateDirectory(Path.Join(root, $"{ArtifactPath.TemporaryPrefix}files")).FullName;

    /// <summary>Whether the folder is there: it goes with the volume.</summary>
    public bool AreThere => Folder.Exists(_folder);

    /// <summary>A name that is nobody else's.</summary>
    public string NewName() =>
        Path.Join(_folder, string.Create(CultureInfo.InvariantCulture, $"{ArtifactPath.TemporaryPrefix}{clock.GetUtcNow().ToUnixTimeSeconds()}-{Guid.NewGuid():N}"));

    /// <summary>Begins the file of such a name. The folder is made again when somebody removed it: asking before each file would cost every one.</summary>
    public FileStream Create(string name)
    {
        try
        {
            return new FileStream(name, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1);
        }
        catch (DirectoryNotFoundException)
        {
            Folder.CreateDirectory(_folder);
            return new FileStream(name, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1);
        }
    }

    /// <summary>Removes those that were begun so long ago that nobody writes them any more.</summary>
    public void Sweep(TimeSpan lifetime)
    {
        if (!Folder.Exists(_folder))
            return;
        var oldest = (clock.GetUtcNow() - lifetime).ToUnixTimeSeconds();
        foreach (var file in Folder.EnumerateFiles(_folder, $"{ArtifactPath.TemporaryPrefix}*"))
        {
            var parts = Path.GetFileName(file)[ArtifactPath.TemporaryPrefix.Length..].Split('-');
            if (long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var begun) && begun < oldest)
                File.Delete(file);
        }
    }
}
