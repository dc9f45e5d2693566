using System.Runtime.CompilerServices;
using Orchestrator.Contracts.Steps;
using Orchestrator.Hosting.Failpoints;
using Folder = System.IO.Directory;

namespace Orchestrator.Artifacts.Directory;

/// <summary>
/// Artifacts in a folder, which may be a volume shared by many machines. A file appears by rename from a folder of the same volume, so readers never see half of one.
/// Nothing is fsynced: a lost artifact of a machine that lost its power belongs to an attempt whose report was not yet accepted, or shows by its SHA-256.
/// </summary>
public sealed class DirectoryArtifactStore : IArtifactStore
{
    private readonly string root;
    private readonly TemporaryFiles temporaries;

    /// <summary>Creates the store; the folder is made when it is missing.</summary>
    public DirectoryArtifactStore(string directory, TimeProvider? clock = null)
    {
        root = Path.GetFullPath(directory);
        temporaries = new TemporaryFiles(root, clock ?? TimeProvider.System);
    }

    internal TemporaryFiles Temporaries => temporaries;

    /// <inheritdoc />
    public async Task<DocumentReference> WriteAsync(string path, Stream content, CancellationToken cancellationToken)
    {
        var file = Full(path);
        var temporary = temporaries.NewName();
        try
        {
            string sha256;
            await using (var stream = temporaries.Create(temporary))
                sha256 = await HashingCopy.RunAsync(content, stream, cancellationToken);
            Failpoint.Around("artifact.rename", () => Appear(temporary, file));
            return new DocumentReference(path, sha256);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <inheritdoc />
    public Task<Stream?> OpenReadAsync(string path, long offset, CancellationToken cancellationToken)
    {
        var file = Full(path);
        if (IsLinked(file))
            return Task.FromResult<Stream?>(null);
        try
        {
            var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 16 * 1024);
            stream.Seek(offset, SeekOrigin.Begin);
            return Task.FromResult<Stream?>(stream);
        }
        catch (Exception exception) when (IsMissing(exception, file))
        {
            if (!temporaries.AreThere)
                throw new StorageOutageException($"The folder of artifacts, {root}, is not the one that was there at start. Is its volume mounted?");
            return Task.FromResult<Stream?>(null);
        }
    }

    /// <inheritdoc />
    public Task<long?> LengthAsync(string path, CancellationToken cancellationToken)
    {
        var file = new FileInfo(Full(path));
        return Task.FromResult(file.Exists && !IsLinked(file.FullName) ? file.Length : (long?)null);
    }

    /// <inheritdoc />
    public async Task CopyAsync(string source, string target, CancellationToken cancellationToken)
    {
        var from = Full(source);
        var to = Full(target);
        Folder.CreateDirectory(Path.GetDirectoryName(to)!);
        var temporary = temporaries.NewName();
        try
        {
            if (!HardLink.TryCreate(from, temporary))
            {
                await using var content = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
                await using var copy = temporaries.Create(temporary);
                await content.CopyToAsync(copy, cancellationToken);
            }

            Failpoint.Around("artifact.copy.rename", () => File.Move(temporary, to, overwrite: true));
        }
        finally
        {
            // Also after success: rename(2) does nothing when both names already are the same file, and leaves the temporary name.
            File.Delete(temporary);
        }
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<ArtifactEntry> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        foreach (var entry in Find(Full(prefix)).OrderBy(entry => entry.Path, StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return entry;
        }
    }

    /// <inheritdoc />
    public Task DeleteAsync(string prefix, CancellationToken cancellationToken)
    {
        var folder = Full(prefix);
        try
        {
            if (Folder.Exists(folder))
                Folder.Delete(folder, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Another one deletes it too.
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task<Stream> OpenAppendAsync(string path, CancellationToken cancellationToken)
    {
        var file = Full(path);
        Folder.CreateDirectory(Path.GetDirectoryName(file)!);
        return Task.FromResult<Stream>(new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 1));
    }

    private IEnumerable<ArtifactEntry> Find(string folder)
    {
        if (!Folder.Exists(folder))
            return [];
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };
        return new DirectoryInfo(folder).EnumerateFiles("*", options)
            .Where(file => !file.Name.StartsWith(ArtifactPath.TemporaryPrefix, StringComparison.Ordinal))
            .Select(file => new ArtifactEntry(Path.GetRelativePath(root, file.FullName).Replace(Path.DirectorySeparatorChar, '/'), file.Length));
    }

    private static void Appear(string temporary, string file)
    {
        try
        {
            File.Move(temporary, file, overwrite: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Most files go into a folder that is there: asking first would cost every one of them.
            Folder.CreateDirectory(Path.GetDirectoryName(file)!);
            File.Move(temporary, file, overwrite: true);
        }
    }

    /// <summary>Whether a part of the path below the root is a symbolic link. The store makes none: whoever did wants another file read.</summary>
    private bool IsLinked(string file)
    {
        for (FileSystemInfo part = new FileInfo(file); part.FullName.Length > root.Length; part = new DirectoryInfo(Path.GetDirectoryName(part.FullName)!))
        {
            if (part.LinkTarget is not null)
                return true;
        }

        return false;
    }

    private static bool IsMissing(Exception exception, string file) =>
        exception is FileNotFoundException or DirectoryNotFoundException || exception is UnauthorizedAccessException && Folder.Exists(file);

    private string Full(string path) => Path.Join(root, ArtifactPath.Check(path));
}
