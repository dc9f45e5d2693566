using Microsoft.EntityFrameworkCore;
using Orchestrator.Persistence;
using Orchestrator.Persistence.Leases;

namespace Orchestrator.UnitTests.Persistence.Workshop;

/// <summary>The database of a service with a saga.</summary>
public sealed class WorkshopDbContext(DbContextOptions<WorkshopDbContext> options) : ServiceDbContext(options, "workshop")
{
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.Entity<CounterState>(counter =>
        {
            counter.ToTable("counters");
            counter.HasKey(x => x.CorrelationId);
            counter.Property(x => x.CorrelationId).ValueGeneratedNever();
            counter.HasIndex(x => x.DueAt);
        });
        modelBuilder.MapAttemptLeases();
    }
}

/// <summary>The database of another service in the same process.</summary>
public sealed class NotebookDbContext(DbContextOptions<NotebookDbContext> options) : ServiceDbContext(options, "notebook")
{
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.Entity<Note>().ToTable("notes").HasKey(x => x.Key);
    }
}

public sealed class Note
{
    public long Key { get; init; }

    public Guid Subject { get; init; }

    public string Text { get; init; } = "";

    public DateTimeOffset At { get; init; }
}
