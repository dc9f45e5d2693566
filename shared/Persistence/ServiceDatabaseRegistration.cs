using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Orchestrator.Hosting;
using Orchestrator.Persistence.Outbox;
using Orchestrator.Persistence.Providers;
using Orchestrator.Persistence.Startup;

namespace Orchestrator.Persistence;

/// <summary>Registers the database of a service.</summary>
public static class ServiceDatabaseRegistration
{
    /// <summary>
    /// Registers the pooled context, its migration at start, the delivery of its outbox and its health checks.
    /// Several services may do so in one process; doing it twice for the same context is harmless.
    /// </summary>
    /// <param name="builder">The host.</param>
    /// <param name="name">Schema on PostgreSQL, name of the file on SQLite.</param>
    public static WebApplicationBuilder AddServiceDatabase<TDb>(this WebApplicationBuilder builder, string name)
        where TDb : ServiceDbContext
    {
        var services = builder.Services;
        if (services.Any(service => service.ServiceType == typeof(ServiceDatabase<TDb>)))
            return builder;
        services.AddSharedDatabase();

        services.AddDbContextPool<TDb>((provider, options) => Configure(provider, options, name));
        services.AddSingleton(provider => new ServiceDatabase<TDb>(name, provider));
        services.AddSingleton<IServiceDatabase>(provider => provider.GetRequiredService<ServiceDatabase<TDb>>());
        services.AddHealthChecks()
            .Add(new HealthCheckRegistration($"{name}-schema", provider => new MigratedHealthCheck(provider.GetRequiredService<ServiceDatabase<TDb>>()), null, [ServiceDefaults.Startup]));
        services.AddDatabaseCheck(name, (provider, ct) => provider.GetRequiredService<ServiceDatabase<TDb>>().PingAsync(ct));

        services.AddSingleton<OutboxDelivery<TDb>>();
        services.AddHostedService<OutboxWorker<TDb>>();
        services.AddScoped<OutboxBatch<TDb>>();
        services.AddScoped(provider => new MessageOutbox<TDb>(
            provider.GetRequiredService<TDb>(),
            provider.GetRequiredService<ServiceDatabase<TDb>>(),
            provider.GetRequiredService<OutboxBatch<TDb>>(),
            provider.GetRequiredService<OutboxDelivery<TDb>>(),
            provider.GetRequiredService<IBus>()));
        return builder;
    }

    private static void Configure(IServiceProvider provider, DbContextOptionsBuilder options, string name)
    {
        var database = provider.GetRequiredService<IOptions<DatabaseOptions>>().Value;
        if (database.Provider == "sqlite")
            Sqlite.Configure(options, database, name, provider.GetRequiredService<DatabaseClock>());
        else
            Postgres.Configure(options, provider.GetRequiredService<NpgsqlDataSource>(), name);

        // One process of the tests starts many hosts, each with a pool of its own.
        options.UseSnakeCaseNamingConvention()
            .ConfigureWarnings(warnings => warnings
                .Ignore(CoreEventId.ManyServiceProvidersCreatedWarning)
                .Log(
                    // Conflicts are expected and run again; what is not expected arrives as an exception where it can be judged.
                    (RelationalEventId.CommandError, LogLevel.Debug),
                    (CoreEventId.SaveChangesFailed, LogLevel.Debug),
                    (CoreEventId.OptimisticConcurrencyException, LogLevel.Debug)));
    }

    private static void AddSharedDatabase(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(DatabaseClock)))
            return;
        services.AddDatabaseStart();
        services.AddSingleton(provider => Postgres.CreateDataSource(
            provider.GetRequiredService<IConfiguration>(), provider.GetRequiredService<IOptions<DatabaseOptions>>().Value));

        var process = services.LastOrDefault(service => service.ServiceType == typeof(TimeProvider))?.ImplementationInstance as TimeProvider;
        services.AddSingleton(new DatabaseClock(process ?? TimeProvider.System));
        services.RemoveAll<TimeProvider>();
        services.AddSingleton<TimeProvider>(provider => provider.GetRequiredService<DatabaseClock>());

        services.AddHostedService<MigrationAtStart>();
    }
}
