using System.Text;

namespace Orchestrator.Pipeline.Assembly;

/// <summary>
/// The sum of patches that start from one base, for jobs whose steps name no parents (a graph is joined by a merge). Files that only one of them touches, or that all change alike, go in as they are;
/// where two disagree about a file the later one counts and a notice names both. Patches are bytes, not text: names and content may be in any encoding.
/// </summary>
internal sealed class PatchSum
{
    private const long LargestPatch = 64 * 1024 * 1024;
    private readonly List<string> _order = [];
    private readonly Dictionary<string, (string StepId, string Section)> _sections = new(StringComparer.Ordinal);
    private readonly List<string> _conflicts = [];

    /// <summary>What people must know, or null.</summary>
    public string? Notice => _conflicts.Count == 0
        ? null
        : $"The job's patch holds the last word where steps disagree: {string.Join("; ", _conflicts)}. The steps' own patches are complete.";

    /// <summary>Adds the patch of a step.</summary>
    /// <exception cref="InvalidDataException">It is over 64 MiB, which this sum does not hold in memory.</exception>
    public async Task AddAsync(string stepId, Stream patch, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[81920];
        int read;
        while ((read = await patch.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            bytes.Write(buffer, 0, read);
            if (bytes.Length > LargestPatch)
                throw new InvalidDataException($"The patch of step {stepId} is over {LargestPatch} bytes.");
        }

        // Latin-1 keeps every byte as one character and back.
        foreach (var section in Sections(Encoding.Latin1.GetString(bytes.GetBuffer(), 0, (int)bytes.Length)))
            Add(stepId, section);
    }

    /// <summary>The sum.</summary>
    public Stream ToStream() => new MemoryStream(Encoding.Latin1.GetBytes(string.Concat(_order.Select(key => _sections[key].Section))), writable: false);

    private void Add(string stepId, string section)
    {
        var header = section[..section.IndexOf('\n', StringComparison.Ordinal)];
        if (!_sections.TryGetValue(header, out var known))
            _order.Add(header);
        else if (!string.Equals(known.Section, section, StringComparison.Ordinal))
            _conflicts.Add($"{known.StepId} and {stepId} at {Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(header["diff --git ".Length..]))}");
        _sections[header] = (stepId, section);
    }

    private static IEnumerable<string> Sections(string patch)
    {
        const string Start = "diff --git ";
        for (var at = patch.StartsWith(Start, StringComparison.Ordinal) ? 0 : -1; at >= 0;)
        {
            var next = patch.IndexOf("\n" + Start, at, StringComparison.Ordinal);
            yield return next < 0 ? patch[at..] : patch[at..(next + 1)];
            at = next < 0 ? -1 : next + 1;
        }
    }
}
