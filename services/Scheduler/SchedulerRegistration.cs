using MassTransit;
using Microsoft.Data.Sqlite;
using Npgsql;
using Orchestrator.Hosting;
using Orchestrator.Persistence;
using Orchestrator.Persistence.Startup;
using Orchestrator.Scheduler.Timers;
using Quartz;

namespace Orchestrator.Scheduler;

/// <summary>Quartz behind the endpoint <c>scheduler</c>.</summary>
public static class SchedulerRegistration
{
    internal const string Schema = "scheduler";

    /// <summary>Adds Quartz with its store: PostgreSQL, shared by all processes of this service, or a SQLite file for one process.</summary>
    public static WebApplicationBuilder AddScheduler(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<SchedulerOptions>(SchedulerOptions.Section);
        var options = builder.Configuration.GetSection(SchedulerOptions.Section).Get<SchedulerOptions>() ?? new SchedulerOptions();
        var database = builder.Configuration.GetSection(DatabaseOptions.Section).Get<DatabaseOptions>() ?? new DatabaseOptions();
        var postgres = database.Provider == "postgres";
        var address = postgres ? PostgresAddress(builder.Configuration) : SqliteAddress(database);
        builder.Services.AddSingleton(new TimerStore(postgres ? address : null, Schema));
        builder.Services.AddDatabaseStart().AddDatabaseCheck(Schema, (provider, ct) => provider.GetRequiredService<TimerStore>().PingAsync(ct));
        builder.Services.AddHostedService<TimerLifetime>();
        builder.Services.AddQuartz(quartz =>
        {
            quartz.AddJob<SendMessageJob>(job => job.WithIdentity(SendMessageJob.Key).StoreDurably().RequestRecovery());
            quartz.ConfigureScheduler(scheduler => scheduler.GenerateInstanceId = postgres);
            quartz.UseDefaultThreadPool(pool => pool.MaxConcurrency = options.Threads);
            quartz.UsePersistentStore(store =>
            {
                store.ConfigureStore(jobs => jobs.StoreJobDataAsStrings = true);
                if (database.MigrateAtStart)
                    store.ProvisionSchema();
                if (postgres)
                {
                    store.UsePostgres(NpgsqlFactory.Instance, address);
                    store.UseClustering(cluster => cluster.CheckinInterval = options.CheckIn);
                }
                else
                {
                    store.UseSqlite(SqliteFactory.Instance, address);
                }
            });
        });
        builder.Services.AddQuartzHostedService(hosted => hosted.WaitForJobsToComplete = true);
        return builder;
    }

    /// <summary>Adds the endpoint to which every service sends its delayed messages.</summary>
    public static void AddSchedulerConsumers(this IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<ScheduleMessageConsumer, ScheduleMessageConsumerDefinition>();
        bus.AddConsumer<CancelScheduledMessageConsumer, CancelScheduledMessageConsumerDefinition>();
    }

    /// <summary>Runs until it is stopped, or with the argument <c>migrate</c> makes the tables and ends.</summary>
    public static Task RunSchedulerAsync(this WebApplication app, string[] args) =>
        args is ["migrate", ..] ? app.Services.GetRequiredService<TimerStore>().MigrateAsync(app.Services) : app.RunAsync();

    private static string PostgresAddress(IConfiguration configuration)
    {
        var text = configuration.GetConnectionString("Postgres");
        return string.IsNullOrWhiteSpace(text)
            ? throw new InvalidOperationException("ConnectionStrings:Postgres is not set. Set it, or set Database:Provider to 'sqlite'.")
            : new NpgsqlConnectionStringBuilder(text) { SearchPath = Schema }.ConnectionString;
    }

    private static string SqliteAddress(DatabaseOptions database)
    {
        var folder = Directory.CreateDirectory(database.Folder).FullName;
        return new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, "scheduler.db") }.ConnectionString;
    }
}
