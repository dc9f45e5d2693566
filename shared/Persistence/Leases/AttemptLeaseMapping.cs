using Microsoft.EntityFrameworkCore;
using Orchestrator.Contracts.Steps;

namespace Orchestrator.Persistence.Leases;

/// <summary>Maps the leases into a service's context.</summary>
public static class AttemptLeaseMapping
{
    /// <summary>Maps the table <c>attempt_leases</c>.</summary>
    public static ModelBuilder MapAttemptLeases(this ModelBuilder model) => model.Entity<AttemptLease>(lease =>
    {
        lease.ToTable("attempt_leases");
        lease.HasKey(x => new { x.PipelineId, x.Run, x.StepId, x.Visit, x.Attempt });
        lease.Property(x => x.State).HasConversion<SnakeCaseEnum<AttemptState>>();
        lease.Property(x => x.Role).HasConversion<SnakeCaseEnum<StepRole>>();
        lease.Ignore(x => x.Key);

        // Only running launches are ever looked for by time or by owner: the indexes stay as small as what runs now.
        lease.HasIndex(x => x.LeaseUntil).HasFilter("state = 'running'");
        lease.HasIndex(x => x.Owner).HasFilter("state = 'running'");
    });
}
