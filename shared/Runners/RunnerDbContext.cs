using Microsoft.EntityFrameworkCore;
using Orchestrator.Persistence;
using Orchestrator.Persistence.Leases;
using Orchestrator.Persistence.Startup;

namespace Orchestrator.Runners;

/// <summary>The leases of all runners; one schema for the three roles, so that any runner can rescue for all.</summary>
public sealed class RunnerDbContext(DbContextOptions<RunnerDbContext> options) : ServiceDbContext(options, SchemaName)
{
    internal const string SchemaName = "runner";

    /// <inheritdoc />
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.MapAttemptLeases();
    }
}

/// <summary>For <c>dotnet ef</c>.</summary>
public sealed class RunnerDesignTimeFactory() : DesignTimeFactory<RunnerDbContext>(RunnerDbContext.SchemaName, options => new RunnerDbContext(options));
