namespace Orchestrator.Execution.Redaction;

/// <summary>Where a rule saw a value.</summary>
internal readonly record struct SecretSpan(SecretRule Rule, int Start, int Length)
{
    public int End => Start + Length;
}
