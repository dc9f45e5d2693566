using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Orchestrator.Persistence;

namespace Orchestrator.Budget.Ledger;

/// <summary>One line of the ledger. Never changed, never deleted.</summary>
public sealed class LedgerEntry
{
    public Guid PipelineId { get; init; }

    public int Run { get; init; }

    public required string StepId { get; init; }

    public int Visit { get; init; }

    public int Attempt { get; init; }

    /// <summary>Number of the entry within its reservation, from 1.</summary>
    public int Number { get; init; }

    public EntryKind Kind { get; init; }

    public long MicroUsd { get; init; }

    public int Calls { get; init; }

    /// <summary>Outcome of the launch, or why it was released.</summary>
    public string? Reason { get; init; }

    public DateTimeOffset At { get; init; }
}

/// <summary>What an entry says. Σ reserved = settled + released + what is still held; overshoot and late stand beside it.</summary>
public enum EntryKind
{
    /// <summary>A sum is held.</summary>
    Reserved,

    /// <summary>Used, out of what was held.</summary>
    Settled,

    /// <summary>Given back, out of what was held.</summary>
    Released,

    /// <summary>Used beyond what was held.</summary>
    Overshoot,

    /// <summary>Used by a launch that was booked already, as its late report says.</summary>
    Late,

    /// <summary>The launch was lost; the sum stays held. Amounts are 0.</summary>
    Lost,
}

internal sealed class LedgerEntryConfiguration : IEntityTypeConfiguration<LedgerEntry>
{
    public void Configure(EntityTypeBuilder<LedgerEntry> builder)
    {
        builder.ToTable("ledger");
        builder.HasKey(x => new { x.PipelineId, x.Run, x.StepId, x.Visit, x.Attempt, x.Number });
        builder.Property(x => x.Kind).HasConversion<SnakeCaseEnum<EntryKind>>();
    }
}
