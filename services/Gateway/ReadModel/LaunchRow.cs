using Orchestrator.Contracts.Steps;

namespace Orchestrator.Gateway.ReadModel;

/// <summary>One launch of a step's agent. Unique by token, so that a repeated or late report is counted once.</summary>
public sealed class LaunchRow
{
    public long Id { get; set; }

    public Guid PipelineId { get; set; }

    public string StepId { get; set; } = "";

    public int Run { get; set; }

    public int Visit { get; set; }

    public int Attempt { get; set; }

    public long Token { get; set; }

    public string? Runner { get; set; }

    public DateTimeOffset StartedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    public StepOutcome? Outcome { get; set; }

    public string? ErrorCode { get; set; }

    public long CostMicroUsd { get; set; }
}
