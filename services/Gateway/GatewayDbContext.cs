using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Orchestrator.Gateway.Audit;
using Orchestrator.Gateway.Callbacks;
using Orchestrator.Gateway.FailedQueues;
using Orchestrator.Gateway.Jobs;
using Orchestrator.Gateway.Projects;
using Orchestrator.Gateway.ReadModel;
using Orchestrator.Gateway.Tokens;
using Orchestrator.Persistence;

namespace Orchestrator.Gateway;

/// <summary>Schema <c>gateway</c>: accepted jobs, what is known of them, who may ask, and results on their way out.</summary>
public sealed class GatewayDbContext(DbContextOptions<GatewayDbContext> options) : ServiceDbContext(options, "gateway")
{
    public DbSet<JobRow> Jobs => Set<JobRow>();

    public DbSet<JobRunRow> JobRuns => Set<JobRunRow>();

    public DbSet<JobStepRow> JobSteps => Set<JobStepRow>();

    public DbSet<LaunchRow> Launches => Set<LaunchRow>();

    public DbSet<JobEventRow> JobEvents => Set<JobEventRow>();

    public DbSet<ProjectRow> Projects => Set<ProjectRow>();

    public DbSet<TokenRow> Tokens => Set<TokenRow>();

    public DbSet<CallbackRow> Callbacks => Set<CallbackRow>();

    public DbSet<AuditRow> Audit => Set<AuditRow>();

    public DbSet<FailedMessageRow> FailedMessages => Set<FailedMessageRow>();

    public DbSet<FailedBodyRow> FailedBodies => Set<FailedBodyRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.Entity<JobRow>(Configure);
        modelBuilder.Entity<JobRunRow>(Configure);
        modelBuilder.Entity<JobStepRow>(Configure);
        modelBuilder.Entity<LaunchRow>(Configure);
        modelBuilder.Entity<JobEventRow>(Configure);
        modelBuilder.Entity<CallbackRow>(Configure);
        modelBuilder.Entity<FailedMessageRow>(Configure);
        modelBuilder.Entity<FailedBodyRow>(body => body.ToTable("failed_bodies").HasOne(row => row.Message).WithOne().HasForeignKey<FailedBodyRow>(row => row.Id).OnDelete(DeleteBehavior.Cascade));
        modelBuilder.Entity<ProjectRow>(project => project.ToTable("projects").HasKey(row => row.Id));
        modelBuilder.Entity<TokenRow>(token =>
        {
            token.ToTable("tokens").HasKey(row => row.Id);
            token.HasIndex(row => row.Hash).IsUnique();
        });
        modelBuilder.Entity<AuditRow>(audit => audit.ToTable("audit").HasIndex(row => row.JobId));
    }

    private static void Configure(EntityTypeBuilder<JobRow> job)
    {
        job.ToTable("jobs");
        job.HasIndex(row => row.PipelineId).IsUnique();
        job.HasIndex(row => row.JobId).IsUnique();
        job.HasIndex(row => new { row.Tenant, row.IdempotencyKey }).IsUnique();
        job.HasIndex(row => new { row.Tenant, row.DeliveryKey }).IsUnique();
        job.HasIndex(row => new { row.Tenant, row.BodyHash });
        job.HasIndex(row => new { row.Status, row.Id });
        job.HasIndex(row => new { row.ProjectId, row.Id });
        job.Property(row => row.Status).HasConversion<string>().HasMaxLength(16);
        job.Property(row => row.Priority).HasConversion<string>().HasMaxLength(16);
        job.Property(row => row.Source).HasConversion<string>().HasMaxLength(16);
        job.Property(row => row.ParkReason).HasConversion<string>().HasMaxLength(32);
        job.ComplexProperty(row => row.Usage);
        job.Ignore(row => row.IsOver);
        job.Ignore(row => row.Saga);
    }

    private static void Configure(EntityTypeBuilder<JobRunRow> run)
    {
        run.ToTable("job_runs");
        run.HasIndex(row => row.PipelineId).IsUnique();
        run.HasIndex(row => new { row.JobPipelineId, row.Run }).IsUnique();
        run.Property(row => row.Status).HasConversion<string>().HasMaxLength(16);
    }

    private static void Configure(EntityTypeBuilder<JobStepRow> step)
    {
        step.ToTable("job_steps");
        step.HasIndex(row => new { row.PipelineId, row.StepId }).IsUnique();
        step.Property(row => row.Status).HasConversion<string>().HasMaxLength(16);
        step.Property(row => row.ParkReason).HasConversion<string>().HasMaxLength(32);
        step.ComplexProperty(row => row.Usage);
    }

    private static void Configure(EntityTypeBuilder<LaunchRow> launch)
    {
        launch.ToTable("launches");
        launch.HasIndex(row => new { row.PipelineId, row.Token }).IsUnique();
        launch.Property(row => row.Outcome).HasConversion<string>().HasMaxLength(16);
    }

    private static void Configure(EntityTypeBuilder<JobEventRow> fact)
    {
        fact.ToTable("job_events");
        fact.HasIndex(row => new { row.PipelineId, row.Sequence }).IsUnique();
        fact.HasIndex(row => new { row.PipelineId, row.Fact }).IsUnique();
    }

    private static void Configure(EntityTypeBuilder<CallbackRow> callback)
    {
        callback.ToTable("callbacks");
        callback.HasIndex(row => row.WebhookId).IsUnique();
        callback.HasIndex(row => row.DueAt).HasFilter("due_at is not null");
        callback.HasIndex(row => row.PipelineId);
        callback.Property(row => row.Status).HasConversion<string>().HasMaxLength(16);
    }

    private static void Configure(EntityTypeBuilder<FailedMessageRow> failed)
    {
        failed.ToTable("failed_messages");
        failed.HasIndex(row => new { row.State, row.Queue, row.Id });
        failed.HasIndex(row => row.Fingerprint);
        failed.HasIndex(row => row.JobId);
        failed.HasIndex(row => row.DueAt).HasFilter("due_at is not null");
        failed.HasIndex(row => row.DoneAt).HasFilter("done_at is not null");
        failed.Property(row => row.State).HasConversion<string>().HasMaxLength(16);
    }
}
