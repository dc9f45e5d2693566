using Orchestrator.Contracts.Steps;

namespace Orchestrator.Gateway.Jobs;

/// <summary>Tokens, calls and money of a launch, a step or a job. Money is integer micro-dollars.</summary>
public sealed class UsageSums
{
    public long InputTokens { get; set; }

    public long CacheReadTokens { get; set; }

    public long CacheWriteTokens { get; set; }

    public long OutputTokens { get; set; }

    public int Calls { get; set; }

    public long CostMicroUsd { get; set; }

    public static UsageSums Of(AgentUsage usage) => new()
    {
        InputTokens = usage.InputTokens,
        CacheReadTokens = usage.CacheReadTokens,
        CacheWriteTokens = usage.CacheWriteTokens,
        OutputTokens = usage.OutputTokens,
        Calls = usage.Calls,
        CostMicroUsd = usage.CostMicroUsd,
    };

    public void Add(AgentUsage usage)
    {
        InputTokens += usage.InputTokens;
        CacheReadTokens += usage.CacheReadTokens;
        CacheWriteTokens += usage.CacheWriteTokens;
        OutputTokens += usage.OutputTokens;
        Calls += usage.Calls;
        CostMicroUsd += usage.CostMicroUsd;
    }
}
