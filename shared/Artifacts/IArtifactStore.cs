using Orchestrator.Contracts.Steps;

namespace Orchestrator.Artifacts;

/// <summary>
/// Files of jobs by relative path (<c>&lt;job_id&gt;/steps/01_plan/report.md</c>). Writing is atomic: a reader sees the old file, the new one or none.
/// Paths use <c>/</c>, never <c>..</c>, never a leading slash; anything else is refused with <see cref="ArgumentException"/>.
/// </summary>
public interface IArtifactStore
{
    /// <summary>Writes a file whole and answers where and what it is.</summary>
    Task<DocumentReference> WriteAsync(string path, Stream content, CancellationToken cancellationToken);

    /// <summary>Opens a file for reading from <paramref name="offset"/>; null when there is none.</summary>
    Task<Stream?> OpenReadAsync(string path, long offset, CancellationToken cancellationToken);

    /// <summary>Length in bytes, or null when there is none.</summary>
    Task<long?> LengthAsync(string path, CancellationToken cancellationToken);

    /// <summary>Makes <paramref name="target"/> the same bytes as <paramref name="source"/>, atomically, by link where that can be had.</summary>
    Task CopyAsync(string source, string target, CancellationToken cancellationToken);

    /// <summary>Every file below a folder, relative paths in ordinal order.</summary>
    IAsyncEnumerable<ArtifactEntry> ListAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>Deletes every file below a folder; harmless when there is none.</summary>
    Task DeleteAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>Opens a growing file (a live log) for appending; closed by disposing. Not atomic by nature: readers see what was flushed.</summary>
    Task<Stream> OpenAppendAsync(string path, CancellationToken cancellationToken);
}

/// <summary>One file of the store.</summary>
/// <param name="Path">Relative path.</param>
/// <param name="Length">Bytes.</param>
public sealed record ArtifactEntry(string Path, long Length);
