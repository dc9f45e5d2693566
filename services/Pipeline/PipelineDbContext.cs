using Microsoft.EntityFrameworkCore;
using Orchestrator.Persistence;
using Orchestrator.Persistence.Startup;
using Orchestrator.Pipeline.Flow;
using Orchestrator.Pipeline.Saga;

namespace Orchestrator.Pipeline;

/// <summary>The runs, one row each, and the steps that wait for a runner.</summary>
public sealed class PipelineDbContext(DbContextOptions<PipelineDbContext> options) : ServiceDbContext(options, SchemaName)
{
    internal const string SchemaName = "pipeline";

    /// <inheritdoc />
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.ApplyConfiguration(new PipelineStateConfiguration(Database.IsSqlite()));
        modelBuilder.ApplyConfiguration(new ReadyStepConfiguration());
        modelBuilder.ApplyConfiguration(new ProjectTurnConfiguration());
    }
}

/// <summary>For <c>dotnet ef</c>.</summary>
public sealed class PipelineDesignTimeFactory() : DesignTimeFactory<PipelineDbContext>(PipelineDbContext.SchemaName, options => new PipelineDbContext(options));
