using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Orchestrator.Contracts.Steps;
using Orchestrator.Persistence;

namespace Orchestrator.Budget.Ledger;

/// <summary>The sum held for one launch, and what became of it. Money is integer micro-dollars.</summary>
public sealed class Reservation
{
    public Guid PipelineId { get; init; }

    public int Run { get; init; }

    public required string StepId { get; init; }

    public int Visit { get; init; }

    public int Attempt { get; init; }

    public required string JobId { get; init; }

    public string? ProjectId { get; init; }

    public string? Agent { get; init; }

    public string? Model { get; init; }

    /// <summary>Held at the start; the hard cap of the launch.</summary>
    public long ReservedMicroUsd { get; init; }

    public int ReservedCalls { get; init; }

    /// <summary>What the launch is known to have used so far. Only grows.</summary>
    public long UsedMicroUsd { get; set; }

    public int UsedCalls { get; set; }

    public ReservationState State { get; set; }

    /// <summary>Ledger entries so far; compared at every write, so that two writers cannot both book.</summary>
    public int Entries { get; set; }

    public DateTimeOffset At { get; init; }
}

/// <summary>Whether the sum is still held.</summary>
public enum ReservationState
{
    /// <summary>Held for a launch that is on its way.</summary>
    Open,

    /// <summary>Held for a launch that was lost: nobody knows what it used.</summary>
    Unknown,

    /// <summary>Booked: what was used is settled, the rest released.</summary>
    Settled,

    /// <summary>Given back whole, never launched.</summary>
    Released,
}

internal sealed class ReservationConfiguration : IEntityTypeConfiguration<Reservation>
{
    public void Configure(EntityTypeBuilder<Reservation> builder)
    {
        builder.ToTable("reservations");
        builder.HasKey(x => new { x.PipelineId, x.Run, x.StepId, x.Visit, x.Attempt });
        builder.Property(x => x.State).HasConversion<SnakeCaseEnum<ReservationState>>();
        builder.Property(x => x.Entries).IsConcurrencyToken();
        builder.HasIndex(x => x.JobId);
        builder.HasIndex(x => x.State).HasFilter("state in ('open', 'unknown')");
    }
}

/// <summary>What tells one reservation from the others: the launch, without what only names it.</summary>
internal readonly record struct ReservationKey(Guid PipelineId, int Run, string StepId, int Visit, int Attempt)
{
    public static ReservationKey Of(AttemptKey key) => new(key.PipelineId, key.Run, key.StepId, key.Visit, key.Attempt);

    public static ReservationKey Of(Reservation reservation) => new(reservation.PipelineId, reservation.Run, reservation.StepId, reservation.Visit, reservation.Attempt);
}
