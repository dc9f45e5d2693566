using Microsoft.EntityFrameworkCore;
using Orchestrator.Persistence.Outbox;
using Orchestrator.Persistence.Providers;

namespace Orchestrator.Persistence;

/// <summary>
/// The database of one service: a schema of its own on PostgreSQL, a file of its own on SQLite. Names are snake_case;
/// the tables <c>outbox</c> and <c>inbox</c> are mapped here. Derived classes call the base in <see cref="OnModelCreating"/>.
/// </summary>
public abstract class ServiceDbContext : DbContext
{
    /// <summary>Creates it. Contexts are pooled: a derived class takes its options and nothing else.</summary>
    /// <param name="options">Provider and connection.</param>
    /// <param name="schema">Schema on PostgreSQL, lower case.</param>
    protected ServiceDbContext(DbContextOptions options, string schema)
        : base(options) => Schema = schema;

    /// <summary>Schema on PostgreSQL; not used on SQLite.</summary>
    public string Schema { get; }

    internal SqlDialect Sql => SqlDialect.Of(this);

    /// <inheritdoc />
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        if (Database.IsNpgsql())
            modelBuilder.HasDefaultSchema(Schema);
        modelBuilder.MapOutbox();
    }

    /// <inheritdoc />
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        if (Database.IsNpgsql())
            configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcInstant>();
        else
            configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcTicks>();
    }
}
