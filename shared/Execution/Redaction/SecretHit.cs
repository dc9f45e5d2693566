namespace Orchestrator.Execution.Redaction;

/// <summary>A place that looks like a secret. It never holds the value.</summary>
/// <param name="Kind">What it is, e.g. <c>github-token</c>; several rules may find one kind.</param>
/// <param name="RuleId">The rule that found it.</param>
/// <param name="Line">The line on which the value begins, from 1; in a diff that of the new file.</param>
/// <param name="Offset">Characters before the value: in the text, or, in a diff, in its line.</param>
/// <param name="Length">Characters of the value.</param>
/// <param name="Fingerprint">16 hexadecimal digits that are equal for equal values of one kind.</param>
/// <param name="File">Path of the new file; null outside diffs.</param>
public sealed record SecretHit(string Kind, string RuleId, int Line, int Offset, int Length, string Fingerprint, string? File = null);
