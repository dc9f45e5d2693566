namespace Orchestrator.Execution.Sandbox;

/// <summary>Writes an adapter's files into the private home.</summary>
internal static class HomeFiles
{
    /// <summary>Writes them readable for their owner only.</summary>
    /// <exception cref="ArgumentException">A path leads out of the home.</exception>
    /// <exception cref="IOException">An earlier run of the launch left a link in the way.</exception>
    public static void Write(string home, IReadOnlyDictionary<string, string> files)
    {
        foreach (var (path, content) in files)
        {
            var parts = path.Split('/');
            if (path.Length == 0 || parts.Any(part => part is "" or "." or ".."))
                throw new ArgumentException($"'{path}' is not a path below the home.", nameof(files));

            // No process of the launch is alive here, so links cannot be swapped in between the look and the write.
            var folder = home;
            foreach (var part in parts[..^1])
            {
                folder = Path.Combine(folder, part);
                if (new DirectoryInfo(folder).LinkTarget is not null)
                    throw new IOException($"{folder} is a link; a home's folders must be real.");
                Directory.CreateDirectory(folder);
            }

            var file = Path.Combine(folder, parts[^1]);
            File.Delete(file);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using var stream = new FileStream(file, options);
            using var writer = new StreamWriter(stream);
            writer.Write(content);
        }
    }
}
