using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Projects;
using Orchestrator.Validation.Jobs;

namespace Orchestrator.Validation.Policy;

/// <summary>
/// Operator ∧ project ∧ job. A field that asks for more is clamped and the job carries a notice (jobs of version 1.0 run on installations with other rules);
/// a binary beyond the lists is refused, because the job could not do what it says.
/// </summary>
internal static class EffectivePolicy
{
    public static JobPolicy Of(OperatorPolicy operators, ProjectDocument? from, JobPolicy asked, ProblemList problems, List<string> notices)
    {
        var project = from?.Policy;
        var mayLeaveSandbox = operators.Options.AllowUnsandboxed && project is not { Sandbox: true };
        if (!asked.Sandbox && !mayLeaveSandbox)
            notices.Add("policy.sandbox: false was asked for; agents run in the sandbox here, so it is true.");
        var mayUseNetwork = operators.AllowsNetwork && project is not { Network: NetworkPolicy.Deny };
        if (asked.Network == NetworkPolicy.Allow && !mayUseNetwork)
            notices.Add("policy.network: allow was asked for; agents reach their model only here, so it is deny.");
        else if (asked.Network == NetworkPolicy.Allow && from?.AllowedHosts is { Count: > 0 })
            notices.Add("policy.network: allow was asked for; the project limits it to allowed_hosts, which the box cannot do here, so it is deny.");
        mayUseNetwork &= from?.AllowedHosts is not { Count: > 0 };
        var mustBeApproved = operators.Options.RequireApproval || project is { RequiresApproval: true };
        if (!asked.RequiresApproval && mustBeApproved)
            notices.Add("policy.requires_approval: every job is approved by a person here, so it is true.");
        return new JobPolicy
        {
            Sandbox = asked.Sandbox || !mayLeaveSandbox,
            Network = asked.Network == NetworkPolicy.Allow && mayUseNetwork ? NetworkPolicy.Allow : NetworkPolicy.Deny,
            AllowedBinaries = Binaries(operators, project, asked, problems),
            RequiresApproval = asked.RequiresApproval || mustBeApproved,
        };
    }

    /// <summary>The tighter of two limits, field by field.</summary>
    public static JobBudget? Tighter(JobBudget? a, JobBudget? b)
    {
        if (a is null || b is null)
            return a ?? b;
        return new JobBudget(Least(a.MaxCostUsd, b.MaxCostUsd), Least(a.MaxApiCalls, b.MaxApiCalls));
    }

    private static T? Least<T>(T? a, T? b)
        where T : struct, IComparable<T> => a is null ? b : b is null ? a : a.Value.CompareTo(b.Value) <= 0 ? a : b;

    private static IReadOnlyList<string> Binaries(OperatorPolicy operators, JobPolicy? project, JobPolicy asked, ProblemList problems)
    {
        var allowed = project is { AllowedBinaries.Count: > 0 }
            ? operators.Binaries.Where(binary => project.AllowedBinaries.Contains(binary, StringComparer.Ordinal)).ToArray()
            : operators.Binaries;
        for (var i = 0; i < asked.AllowedBinaries.Count && !problems.IsFull; i++)
        {
            if (!allowed.Contains(asked.AllowedBinaries[i], StringComparer.Ordinal))
            {
                problems.Add(
                    JsonPath.Item("$.policy.allowed_binaries", i), ProblemCodes.BinaryNotAllowed,
                    $"{JsonPath.Shown(asked.AllowedBinaries[i])} is not in the allow-list.",
                    $"Allowed here: {(allowed.Count == 0 ? "none" : string.Join(", ", allowed))}. Take it out, or ask the operator to add it to Policy:AllowedBinaries.");
            }
        }

        return asked.AllowedBinaries.Count == 0 ? allowed : [.. asked.AllowedBinaries.Distinct(StringComparer.Ordinal)];
    }
}
