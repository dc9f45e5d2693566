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
        return WhyNot(path) is { } why ? throw Refused(path.Length <= MaxBytes ? path : path[..64] + "…", why) : path;
    }

    /// <summary>Why a path is refused; null when it is safe.</summary>
    public static string? WhyNot(string path)
    {
        if (path.Length == 0)
            return "it is empty";
        if (Encoding.UTF8.GetByteCount(path) > MaxBytes)
            return $"it is longer than {MaxBytes} bytes";
        // Lone surrogates: two such names would become the same bytes.
        if (path.EnumerateRunes().Contains(Rune.ReplacementChar))
            return "it is no well-formed text";
        foreach (var c in path)
        {
            if (char.IsControl(c))
                return "it contains a control character";
            if (c == '\\')
                return "it contains a backslash; use /";
        }

        foreach (var range in path.AsSpan().Split('/'))
        {
            if (WhyNotSegment(path.AsSpan()[range]) is { } why)
                return why;
        }

        return null;
    }

    private static string? WhyNotSegment(ReadOnlySpan<char> segment)
    {
        if (segment.IsEmpty)
            return "it starts or ends with / or has an empty part";
        if (segment is "." or "..")
            return "it has a . or .. part";
        if (segment.StartsWith(TemporaryPrefix, StringComparison.Ordinal))
            return $"{TemporaryPrefix} is kept for temporary files";
        return Encoding.UTF8.GetByteCount(segment) > MaxSegmentBytes ? $"a part is longer than {MaxSegmentBytes} bytes" : null;
    }

    private static ArgumentException Refused(string path, string why) =>
        new($"'{path}' is no artifact path: {why}. Use a relative path such as steps/01_plan/report.md.", nameof(path));
}
