using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Orchestrator.Hosting;

namespace Orchestrator.Persistence.Startup;

/// <summary>What every user of a database registers, whether EF Core or something else speaks to it.</summary>
public static class DatabaseStartRegistration
{
    /// <summary>Registers the options and <see cref="DatabaseStart"/>; twice is harmless.</summary>
    public static IServiceCollection AddDatabaseStart(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(DatabaseStart)))
            return services;
        services.AddValidatedOptions<DatabaseOptions>(DatabaseOptions.Section);
        services.TryAddSingleton(TimeProvider.System);
        return services.AddSingleton<DatabaseStart>();
    }

    /// <summary>Adds the database to readiness: red when it has not answered within a second.</summary>
    /// <param name="services">The services of the process.</param>
    /// <param name="name">What readiness calls it.</param>
    /// <param name="ping">Asks it something that costs nothing.</param>
    public static IServiceCollection AddDatabaseCheck(this IServiceCollection services, string name, Func<IServiceProvider, CancellationToken, Task> ping)
    {
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            $"{name}-database", provider => new AnswersHealthCheck(ct => ping(provider, ct)), null, [ServiceDefaults.Ready], TimeSpan.FromSeconds(1)));
        return services;
    }
}
