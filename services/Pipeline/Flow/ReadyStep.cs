using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;
using Orchestrator.Persistence;

namespace Orchestrator.Pipeline.Flow;

/// <summary>A step that is ready and that no runner has taken yet. Written and deleted in the transaction of its run, so it is always what the run says.</summary>
public sealed class ReadyStep
{
    /// <summary>The saga.</summary>
    public Guid PipelineId { get; init; }

    /// <summary>The step.</summary>
    public required string StepId { get; init; }

    /// <summary>Whose runner it waits for.</summary>
    public StepRole Role { get; init; }

    /// <summary>The project; empty for none.</summary>
    public required string Project { get; init; }

    /// <summary>Smaller goes first: high priority 0, normal 2, low 4; one more for a job that has not started. Ageing takes two off.</summary>
    public int Rank { get; set; }

    /// <summary>Whether it has its place.</summary>
    public PlaceState State { get; set; }

    /// <summary>Since when it is ready.</summary>
    public DateTimeOffset ReadyAt { get; init; }

    /// <summary>When it counts as one priority higher.</summary>
    public DateTimeOffset AgesAt { get; set; }

    /// <summary>When the release told its run, or null.</summary>
    public DateTimeOffset? GrantedAt { get; set; }

    internal static int RankOf(JobPriority priority, bool started)
    {
        var first = priority switch { JobPriority.High => 0, JobPriority.Low => 4, _ => 2 };
        return first + (started ? 0 : 1);
    }
}

/// <summary>Whether a ready step has its place with the runners of its role.</summary>
public enum PlaceState
{
    /// <summary>Not yet.</summary>
    Waiting,

    /// <summary>The release gave it one, and its run is being told.</summary>
    Granted,

    /// <summary>Its launch is on the way to a runner.</summary>
    Taken,
}

/// <summary>When a project got a place of a role last: of several that wait, the one served longest ago goes first.</summary>
public sealed class ProjectTurn
{
    /// <summary>The role.</summary>
    public StepRole Role { get; init; }

    /// <summary>The project; empty for none.</summary>
    public required string Project { get; init; }

    /// <summary>Grows with every place that is given.</summary>
    public long Served { get; set; }
}

internal sealed class ReadyStepConfiguration : IEntityTypeConfiguration<ReadyStep>
{
    public void Configure(EntityTypeBuilder<ReadyStep> step)
    {
        step.ToTable("ready_steps");
        step.HasKey(row => new { row.PipelineId, row.StepId });
        step.Property(row => row.StepId).HasMaxLength(64);
        step.Property(row => row.Project).HasMaxLength(128);
        step.Property(row => row.Role).HasConversion<SnakeCaseEnum<StepRole>>().HasMaxLength(16);
        step.Property(row => row.State).HasConversion<SnakeCaseEnum<PlaceState>>().HasMaxLength(16);
        step.HasIndex(row => new { row.Role, row.State, row.Rank, row.Project, row.ReadyAt });
    }
}

internal sealed class ProjectTurnConfiguration : IEntityTypeConfiguration<ProjectTurn>
{
    public void Configure(EntityTypeBuilder<ProjectTurn> turn)
    {
        turn.ToTable("project_turns");
        turn.HasKey(row => new { row.Role, row.Project });
        turn.Property(row => row.Project).HasMaxLength(128);
        turn.Property(row => row.Role).HasConversion<SnakeCaseEnum<StepRole>>().HasMaxLength(16);
    }
}
