using System.Text;

namespace Orchestrator.Artifacts;

/// <summary>What a path of the store may look like, so that no name can leave the root or collide with a temporary file.</summary>
internal static class ArtifactPath
{
    /// <summary>Temporary files start with this; no artifact may.</summary>
    public const string TemporaryPrefix = ".tmp-";

    private const int MaxBytes = 1024;
    private const int MaxSegmentBytes = 255;

    /// <summary>Returns the path when it is safe.</summary>
    /// <exception cref="ArgumentException">It is not; says why.</exception>
    public static string Check(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.Length == 0)
            throw Refused(path, "it is empty");
        if (Encoding.UTF8.GetByteCount(path) > MaxBytes)
            throw Refused(path[..64] + "…", $"it is longer than {MaxBytes} bytes");
        // Lone surrogates: two such names would become the same bytes.
        if (path.EnumerateRunes().Contains(Rune.ReplacementChar))
            throw Refused(path, "it is no well-formed text");
        foreach (var c in path)
        {
            if (char.IsControl(c))
                throw Refused(path, "it contains a control character");
            if (c == '\\')
                throw Refused(path, "it contains a backslash; use /");
        }

        foreach (var range in path.AsSpan().Split('/'))
        {
            var segment = path.AsSpan()[range];
            if (segment.IsEmpty)
                throw Refused(path, "it starts or ends with / or has an empty part");
            if (segment is "." or "..")
                throw Refused(path, "it has a . or .. part");
            if (segment.StartsWith(TemporaryPrefix, StringComparison.Ordinal))
                throw Refused(path, $"{TemporaryPrefix} is kept for temporary files");
            if (Encoding.UTF8.GetByteCount(segment) > MaxSegmentBytes)
                throw Refused(path, $"a part is longer than {MaxSegmentBytes} bytes");
        }

        return path;
    }

    private static ArgumentException Refused(string path, string why) =>
        new($"'{path}' is no artifact path: {why}. Use a relative path such as steps/01_plan/report.md.", nameof(path));
}
