using System.Text;

namespace Orchestrator.Pipeline.Assembly;

/// <summary>
/// The sum of patches that start from one base, for runs that no merge on a runner has brought together: steps that name no parents, and a graph that failed or was cancelled before its join.
/// Each file is merged three-way, against what both sides had in common; where they disagree about the same lines the later one counts and a notice names both.
/// </summary>
public sealed class PatchSum
{
    private readonly OrderedDictionary<string, (string StepId, FilePatch File)> _files = new(StringComparer.Ordinal);
    private readonly List<string> _conflicts = [];

    /// <summary>What people must know, or null.</summary>
    public string? Notice => _conflicts.Count == 0
        ? null
        : $"The job's patch holds the last word where steps disagree: {string.Join("; ", _conflicts)}. The steps' own patches are complete.";

    /// <summary>Adds the patch of a step.</summary>
    /// <param name="stepId">The step.</param>
    /// <param name="patch">Everything from the base to the step's work, in Latin-1.</param>
    /// <param name="common">What of it is in this sum already.</param>
    public void Add(string stepId, string patch, PatchSum common)
    {
        var added = FilePatch.Read(patch).DistinctBy(file => file.Base, StringComparer.Ordinal).ToDictionary(file => file.Base, StringComparer.Ordinal);
        foreach (var (name, (_, before)) in common._files)
        {
            // It took back what was done before it.
            if (!added.ContainsKey(name) && _files.TryGetValue(name, out var known))
                Take(name, known, stepId, null, before);
        }

        foreach (var (name, file) in added)
        {
            var before = common._files.TryGetValue(name, out var shared) ? shared.File : null;
            if (_files.TryGetValue(name, out var known))
                Take(name, known, stepId, file, before);
            else if (file.Text != before?.Text)
                Put(stepId, file);
        }
    }

    /// <summary>The sum.</summary>
    public Stream ToStream() => new MemoryStream(Encoding.Latin1.GetBytes(string.Concat(_files.Values.Select(file => file.File.Text))), writable: false);

    private void Take(string name, (string StepId, FilePatch File) known, string stepId, FilePatch? file, FilePatch? before)
    {
        if (file?.Text == known.File.Text || file?.Text == before?.Text)
            return;
        var merged = file;
        if (known.File.Text != before?.Text)
        {
            merged = file is null ? null : FilePatch.Merge(known.File, file, before);
            if (merged is null)
                Disagree(known.StepId, stepId, name);
            merged ??= file;
        }

        if (merged is null)
            _files.Remove(name);
        else
            _files[name] = (stepId, merged);
    }

    private void Put(string stepId, FilePatch file)
    {
        var (name, (other, _)) = _files.FirstOrDefault(known => !file.IsDeletion && !known.Value.File.IsDeletion && known.Value.File.Name == file.Name);
        if (name is not null)
        {
            Disagree(other, stepId, file.Name);
            _files.Remove(name);
        }

        _files[file.Base] = (stepId, file);
    }

    private void Disagree(string one, string other, string name) =>
        _conflicts.Add($"{one} and {other} at {Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(name))}");
}
