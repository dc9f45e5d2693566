using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;
using Orchestrator.Pipeline.Graph;

namespace Orchestrator.Pipeline.Saga;

/// <summary>What the saga needs to know of an accepted job. Written once, when the run starts; prompts stay in the document.</summary>
public sealed record RunPlan
{
    /// <summary>The project, or null.</summary>
    public string? ProjectId { get; init; }

    /// <summary>How work passes from step to step.</summary>
    public ArtifactHandoff Handoff { get; init; }

    /// <summary>Whether a person must approve before the first step.</summary>
    public bool RequiresApproval { get; init; }

    /// <summary>Order among waiting jobs.</summary>
    public JobPriority Priority { get; init; }

    /// <summary>Jobs of one key share its places, or null.</summary>
    public string? ConcurrencyKey { get; init; }

    /// <summary>Trace parent of the submission, or null.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The steps in listed order.</summary>
    public IReadOnlyList<StepPlan> Steps { get; init; } = [];

    /// <summary>Reads the plan out of an accepted job.</summary>
    public static RunPlan From(AcceptedJob accepted)
    {
        var decided = accepted.Steps.ToDictionary(step => step.StepId, StringComparer.Ordinal);
        return new RunPlan
        {
            ProjectId = accepted.Job.ProjectId,
            Handoff = accepted.Job.ArtifactHandoff,
            RequiresApproval = accepted.Job.Policy.RequiresApproval,
            Priority = accepted.Job.Priority,
            ConcurrencyKey = accepted.Job.ConcurrencyKey,
            TraceParent = accepted.TraceParent,
            Steps = [.. accepted.Job.Steps.Select(step => StepPlan.From(step, decided[step.StepId]))],
        };
    }

    /// <summary>The order of the steps.</summary>
    public StepGraph Graph() => new([.. Steps.Select(step => new StepNode(step.Id, step.DependsOn, FailureRule.Parse(step.OnFailure)))]);
}

/// <summary>What the saga needs to know of a step.</summary>
public sealed record StepPlan
{
    /// <summary>The step.</summary>
    public string Id { get; init; } = "";

    /// <summary>The agent.</summary>
    public string Agent { get; init; } = "";

    /// <summary>The model, or null for the agent's default.</summary>
    public string? Model { get; init; }

    /// <summary>The runner.</summary>
    public StepRole Role { get; init; }

    /// <summary>Named parents, or null.</summary>
    public IReadOnlyList<string>? DependsOn { get; init; }

    /// <summary>The rule for failure, as written.</summary>
    public string OnFailure { get; init; } = "stop";

    /// <summary>Agent failures that are tried again.</summary>
    public int MaxRetries { get; init; }

    /// <summary>First back-off in seconds.</summary>
    public double BackoffSec { get; init; }

    /// <summary>When a person is asked.</summary>
    public StepApproval Approval { get; init; }

    /// <summary>Sum to reserve per launch, micro-dollars.</summary>
    public long ReserveMicroUsd { get; init; }

    /// <summary>Steps whose artifacts it reads.</summary>
    public IReadOnlyList<string> Reads { get; init; } = [];

    /// <summary>Steps whose patches it starts from.</summary>
    public IReadOnlyList<string> Applies { get; init; } = [];

    internal static StepPlan From(StepDocument step, AcceptedStep decided) => new()
    {
        Id = step.StepId,
        Agent = step.Agent,
        Model = step.Model,
        Role = decided.Role,
        DependsOn = step.DependsOn,
        OnFailure = step.OnFailure,
        MaxRetries = step.MaxRetries,
        BackoffSec = step.RetryBackoffSec,
        Approval = step.Approval,
        ReserveMicroUsd = decided.ReserveMicroUsd,
        Reads = StepsOf(step.InputArtifacts),
        Applies = StepsOf(step.ApplyPatchesFrom),
    };

    private static string[] StepsOf(IReadOnlyList<string> paths) =>
        [.. paths.Select(path => path.Split('/')).Where(parts => parts is ["steps", _, ..]).Select(parts => parts[1]).Distinct(StringComparer.Ordinal)];
}
