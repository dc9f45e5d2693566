using System.ComponentModel.DataAnnotations;

namespace Orchestrator.Execution.Redaction;

/// <summary>What is taken out of everything that a launch writes, beside the secrets that this service has itself.</summary>
public sealed class RedactionOptions : IValidatableObject
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Redaction";

    /// <summary>Characters from which on a secret is masked. Shorter ones are parts of ordinary words.</summary>
    [Range(SecretEncodings.Shortest, 64)]
    public int MinimumLength { get; set; } = SecretEncodings.Shortest;

    /// <summary>Further secrets, such as those that agents can reach by themselves; in secret files <c>Redaction__Values__0</c> and so on.</summary>
    public string[]? Values { get; set; }

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        for (var index = 0; index < Values?.Length; index++)
        {
            if (WeakValues.Has(Values[index].Trim(), MinimumLength))
                yield return new ValidationResult($"{Section}:{nameof(Values)}:{index} has less than {MinimumLength} characters, or is a common word: masking it would take ordinary words out of logs. Take it out, and use a longer random secret in its place.", [nameof(Values)]);
        }
    }
}
