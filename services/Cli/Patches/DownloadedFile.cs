namespace Orchestrator.Cli.Patches;

/// <summary>An artifact in a private temporary file, gone when disposed.</summary>
public sealed class DownloadedFile : IDisposable
{
    private DownloadedFile(string path) => Path = path;

    public string Path { get; }

    public long Length => new FileInfo(Path).Length;

    /// <summary>Null when <paramref name="copy"/> says that there is none.</summary>
    public static async Task<DownloadedFile?> OfAsync(Func<Stream, Task<bool>> copy)
    {
        var file = new DownloadedFile(System.IO.Path.GetTempFileName());
        var kept = false;
        try
        {
            await using (var target = File.Create(file.Path))
                kept = await copy(target);
            return kept ? file : null;
        }
        finally
        {
            if (!kept)
                file.Dispose();
        }
    }

    public void Dispose() => File.Delete(Path);
}
