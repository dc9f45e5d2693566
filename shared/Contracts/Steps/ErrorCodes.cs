namespace Orchestrator.Contracts.Steps;

/// <summary>The named reasons of failures and parking, as they appear in <c>result.json</c>, problems and metrics.</summary>
public static class ErrorCodes
{
    /// <summary>The agent's own failure with no closer name.</summary>
    public const string AgentFailed = "agent_failed";

    /// <summary>Provider refused the key (401, 403).</summary>
    public const string AgentAuth = "agent_auth";

    /// <summary>Ended by a signal that is not ours.</summary>
    public const string AgentCrashed = "agent_crashed";

    /// <summary>The binary is not there.</summary>
    public const string AgentUnavailable = "agent_unavailable";

    /// <summary>No such agent.</summary>
    public const string UnknownAgent = "unknown_agent";

    /// <summary>A tool outside the effective tools was used or refused.</summary>
    public const string ToolDenied = "tool_denied";

    /// <summary>The CLI's turn limit.</summary>
    public const string TurnLimit = "turn_limit";

    /// <summary>The reserved sum is spent.</summary>
    public const string CostCapReached = "cost_cap_reached";

    /// <summary>Ended without a final event or text.</summary>
    public const string NoResult = "no_result";

    /// <summary>An empty diff where changes are required.</summary>
    public const string NoChanges = "no_changes";

    /// <summary>The hard timeout.</summary>
    public const string Timeout = "timeout";

    /// <summary>No output for too long.</summary>
    public const string IdleTimeout = "idle_timeout";

    /// <summary>Provider limit or overload (429, 529).</summary>
    public const string ProviderLimit = "provider_limit";

    /// <summary>Provider error (5xx) or not reachable.</summary>
    public const string ProviderError = "provider_error";

    /// <summary>The policy cannot be enforced here.</summary>
    public const string SandboxUnavailable = "sandbox_unavailable";

    /// <summary>A file of the machine or of the artifact store can be neither read nor written.</summary>
    public const string StorageUnavailable = "storage_unavailable";

    /// <summary>Repository missing or not readable.</summary>
    public const string RepositoryUnavailable = "repository_unavailable";

    /// <summary>A git call went wrong or over its timeout.</summary>
    public const string GitFailed = "git_failed";

    /// <summary>A git call went over its timeout.</summary>
    public const string GitTimeout = "git_timeout";

    /// <summary>More files or bytes were changed than a launch may leave.</summary>
    public const string WorkTooLarge = "work_too_large";

    /// <summary>A patch does not apply.</summary>
    public const string PatchFailed = "patch_failed";

    /// <summary>Parallel work that does not merge.</summary>
    public const string MergeConflict = "merge_conflict";

    /// <summary>An input artifact is missing or not allowed.</summary>
    public const string InputMissing = "input_missing";

    /// <summary>The <c>verify</c> command failed.</summary>
    public const string VerifyFailed = "verify_failed";

    /// <summary>A secret stands in the output.</summary>
    public const string SecretInOutput = "secret_in_output";

    /// <summary>Three launches were lost.</summary>
    public const string Poisoned = "poisoned";

    /// <summary>More than 5 visits of one step.</summary>
    public const string VisitLimit = "visit_limit";

    /// <summary>The budget can never fit.</summary>
    public const string BudgetDenied = "budget_denied";

    /// <summary>A person rejected it.</summary>
    public const string Rejected = "rejected";

    /// <summary>Cancelled on request.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>The lease ran out.</summary>
    public const string LeaseLost = "lease_lost";

    /// <summary>Our own code failed.</summary>
    public const string Internal = "internal_error";
}
