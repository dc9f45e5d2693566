using Microsoft.Extensions.Options;
using Orchestrator.Contracts.Steps;
using Orchestrator.Hosting;

namespace Orchestrator.Validation.Policy;

/// <summary>Checks the operator's words at start, so that a typing error is not found by the first job.</summary>
internal sealed class PolicyOptionsValidation : IValidateOptions<PolicyOptions>
{
    private static readonly string[] Roles = [.. Enum.GetNames<StepRole>().Select(name => name.ToLowerInvariant())];
    private static readonly string[] Networks = ["deny", "allow"];

    public ValidateOptionsResult Validate(string? name, PolicyOptions options)
    {
        var errors = new List<string>();
        Check(errors, nameof(options.AllowedAgents), options.AllowedAgents, options.AgentNames, StringComparer.Ordinal);
        Check(errors, nameof(options.DefaultAgent), options.DefaultAgent is { } agent ? [agent] : null, options.AgentNames, StringComparer.Ordinal);
        Check(errors, nameof(options.DefaultAgents), options.DefaultAgents?.Keys, Roles, StringComparer.OrdinalIgnoreCase);
        Check(errors, nameof(options.DefaultAgents), options.DefaultAgents?.Values, options.AgentNames, StringComparer.Ordinal);
        Check(errors, nameof(options.Roles), options.Roles?.Values, Roles, StringComparer.OrdinalIgnoreCase);
        Check(errors, nameof(options.AllowedTools), options.AllowedTools?.Keys, [.. Roles, OperatorPolicy.OtherRoles], StringComparer.OrdinalIgnoreCase);
        Check(errors, nameof(options.AllowedTools), options.AllowedTools?.Values.SelectMany(tools => tools), KnownTools.All, StringComparer.Ordinal);
        Check(errors, nameof(options.AllowedNetworks), options.AllowedNetworks, Networks, StringComparer.OrdinalIgnoreCase);
        Check(errors, nameof(options.ReserveUsd), options.ReserveUsd?.Keys, options.AgentNames, StringComparer.OrdinalIgnoreCase);
        errors.AddRange((options.ReserveUsd ?? []).Where(reserve => reserve.Value is < 0 or > 10_000)
            .Select(reserve => $"{PolicyOptions.Section}:{nameof(options.ReserveUsd)}:{reserve.Key} is {reserve.Value}; it must be from 0 to 10000 US dollars."));
        errors.AddRange((options.AllowedBinaries ?? []).Where(binary => binary.Length == 0 || binary.Contains('/', StringComparison.Ordinal))
            .Select(binary => $"{PolicyOptions.Section}:{nameof(options.AllowedBinaries)}: '{binary}' is no binary name; write the name without a path, its path stands under Agents."));
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static void Check(List<string> errors, string key, IEnumerable<string>? words, IReadOnlyCollection<string> known, StringComparer comparer) =>
        errors.AddRange((words ?? []).Where(word => !known.Contains(word, comparer))
            .Select(word => $"{PolicyOptions.Section}:{key}: {word} is not known. Did you mean {NearestName.Of(word, known)}?"));
}
