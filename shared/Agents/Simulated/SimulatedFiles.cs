using System.Text;

namespace Orchestrator.Agents.Simulated;

/// <summary>Changes files of a workspace. It runs outside the box, so no link of the workspace is followed: an earlier agent may have planted one.</summary>
internal sealed class SimulatedFiles(string workspace)
{
    private readonly string _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(workspace));

    /// <summary>Writes the whole file.</summary>
    public void Write(string path, string text)
    {
        var full = Resolve(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, WithEnd(text));
    }

    /// <summary>Adds to the end of the file.</summary>
    public void Append(string path, string text)
    {
        var full = Resolve(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.AppendAllText(full, WithEnd(text), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
    }

    /// <summary>Removes the file.</summary>
    public void Delete(string path) => File.Delete(Resolve(path));

    /// <summary>Whether there is such a file.</summary>
    public bool Exists(string path) => File.Exists(Resolve(path));

    /// <summary>Names at the top of the workspace, in order, without git's own.</summary>
    public IReadOnlyList<string> Top(int most) =>
        new DirectoryInfo(_root) is { Exists: true } root
            ? [.. root.EnumerateFileSystemInfos().Select(entry => entry.Name).Where(name => name != ".git").Order(StringComparer.Ordinal).Take(most)]
            : [];

    private static string WithEnd(string text) => text.EndsWith('\n') ? text : text + "\n";

    private string Resolve(string path)
    {
        var parts = path.Split('/');
        if (path.Length == 0 || parts.Any(part => part is "" or "." or ".." || part.Contains('\0', StringComparison.Ordinal)) || parts[0] == ".git")
            throw new IOException($"'{path}' is not a path of the workspace");
        var full = _root;
        foreach (var part in parts)
        {
            full = Path.Combine(full, part);
            if (new FileInfo(full).LinkTarget is not null)
                throw new IOException($"'{path}' leads through a link");
        }

        return full;
    }
}
