using Orchestrator.Artifacts;
using Orchestrator.Contracts.Steps;
using Orchestrator.Execution.Processes;

namespace Orchestrator.Execution.Redaction;

/// <summary>Looks for secrets in what a launch made, before anybody sees it: in the lines that its work adds to the base, and in what its agent says of it.</summary>
internal sealed class SecretScan(SecretRules rules)
{
    /// <summary>Findings that are told, so that the report stays a message. Work with more than these cannot be released.</summary>
    public const int Most = 200;

    private const int LongestFile = 300;
    private const string Report = "report.md";

    /// <summary>What looks like a secret and is not allowed in what the agent says.</summary>
    /// <param name="report">As it is written.</param>
    /// <param name="allowed">Fingerprints that people have allowed.</param>
    public IReadOnlyList<SecretFinding> InReport(string report, IReadOnlySet<string> allowed)
    {
        var found = new List<SecretFinding>();
        foreach (var hit in rules.Scan(report))
            Add(found, hit, Report, allowed);
        return Bounded(found);
    }

    /// <summary>What looks like a secret and is not allowed in the lines that the work adds.</summary>
    /// <param name="store">Where the patch is.</param>
    /// <param name="patch">From the base of the run to the work.</param>
    /// <param name="allowed">Fingerprints that people have allowed.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="IOException">The store cannot be read.</exception>
    public async Task<IReadOnlyList<SecretFinding>> InWorkAsync(IArtifactStore store, DocumentReference patch, IReadOnlySet<string> allowed, CancellationToken cancellationToken)
    {
        var found = new List<SecretFinding>();
        var diff = await store.OpenReadAsync(patch.Path, 0, cancellationToken) ?? throw new IOException($"{patch.Path} is not in the artifact store although it was just written.");
        await using (diff)
        {
            await foreach (var hit in rules.ScanAddedLinesAsync(diff, cancellationToken))
                Add(found, hit, hit.File ?? "", allowed);
        }

        return Bounded(found);
    }

    private void Add(List<SecretFinding> found, SecretHit hit, string path, IReadOnlySet<string> allowed)
    {
        var file = rules.Mask(TextCleaner.Clean(path).ReplaceLineEndings(" "));
        file = file.Length > LongestFile ? $"{file[..LongestFile]}…" : file;
        if (found.Count <= Most && !allowed.Contains(hit.Fingerprint) && !found.Exists(known => known.Fingerprint == hit.Fingerprint && known.File == file))
            found.Add(new SecretFinding(file, hit.Line, hit.Kind, hit.Fingerprint));
    }

    private static List<SecretFinding> Bounded(List<SecretFinding> found)
    {
        if (found.Count > Most)
            found[Most] = new SecretFinding("", 0, $"more than {Most} findings: too many to release one by one", "");
        return found;
    }
}
