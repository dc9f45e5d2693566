using Orchestrator.Contracts.Steps;

namespace Orchestrator.Agents;

/// <summary>What one launch of an agent amounts to, before the engine looks at the work tree.</summary>
public sealed record AgentResult
{
    /// <summary>How it ended.</summary>
    public required StepOutcome Outcome { get; init; }

    /// <summary>One line for people.</summary>
    public string Summary { get; init; } = "";

    /// <summary>The agent's final text, becomes <c>report.md</c>.</summary>
    public string Report { get; init; } = "";

    /// <summary>Named code (<see cref="ErrorCodes"/>) when it is no success.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>What happened and the remedy.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>When a provider limit ends; null when not said.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>Tokens and cost.</summary>
    public AgentUsage Usage { get; init; } = new();

    /// <summary>The CLI's session id, or null.</summary>
    public string? SessionId { get; init; }

    /// <summary>Notices for people.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];
}
