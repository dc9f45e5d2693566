using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Orchestrator.Pipeline.Saga;

/// <summary>The row of a run.</summary>
/// <param name="optimistic">Whether the version is checked on writing: where rows cannot be locked.</param>
internal sealed class PipelineStateConfiguration(bool optimistic) : IEntityTypeConfiguration<PipelineState>
{
    public void Configure(EntityTypeBuilder<PipelineState> run)
    {
        run.ToTable("runs");
        run.HasKey(state => state.CorrelationId);
        run.Property(state => state.CorrelationId).ValueGeneratedNever();
        run.Property(state => state.CurrentState).HasMaxLength(32);
        run.Property(state => state.JobId).HasMaxLength(64);
        run.HasIndex(state => new { state.JobId, state.Run }).IsUnique();
        run.Property(state => state.ConcurrencyKey).HasMaxLength(128);
        run.HasIndex(state => new { state.ConcurrencyKey, state.AdmittedAt }).HasFilter("concurrency_key is not null and finished_at is null");
        run.HasIndex(state => state.QueuedAt).HasFilter("queued_at is not null");
        run.HasIndex(state => state.DueAt).HasFilter("due_at is not null");
        run.Property(state => state.Version).IsConcurrencyToken(optimistic);
        run.Ignore(state => state.Plan);
        run.Ignore(state => state.Progress);
        run.Ignore(state => state.Outcome);
        run.Ignore(state => state.Standing);
    }
}
