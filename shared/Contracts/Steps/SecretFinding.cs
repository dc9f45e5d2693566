namespace Orchestrator.Contracts.Steps;

/// <summary>Where a secret stands in what a launch made. Never the secret itself.</summary>
/// <param name="File">Path of the file in the work, or the name of the artifact (<c>report.md</c>).</param>
/// <param name="Line">Line in it, from 1.</param>
/// <param name="Kind">What it looks like, in words (<c>GitHub token</c>).</param>
/// <param name="Fingerprint">The same for the same secret wherever it stands: 16 lower-case hex characters of a hash. What a release or a project's <c>allowed_secrets</c> names; empty for what cannot be released.</param>
public sealed record SecretFinding(string File, int Line, string Kind, string Fingerprint)
{
    /// <summary>In words: where it stands, what it looks like, how it is released.</summary>
    public override string ToString() => Fingerprint.Length == 0 ? Kind : FormattableString.Invariant($"{File}:{Line} {Kind} (fingerprint {Fingerprint})");
}
