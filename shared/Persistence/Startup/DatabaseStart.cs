using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Hosting;
using Orchestrator.Persistence.Outbox;

namespace Orchestrator.Persistence.Startup;

/// <summary>How a process begins while its database may be away: it waits, as long as <see cref="DatabaseOptions.StartTimeout"/> allows, and then gives up with the reason.</summary>
public sealed partial class DatabaseStart(IOptions<DatabaseOptions> options, TimeProvider clock, ILogger<DatabaseStart> logger)
{
    /// <summary>Why a service waits that may not migrate.</summary>
    public const string NotMigrated = "its schema is not up to date; run the service with the argument 'migrate'";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Tries until the database is prepared.</summary>
    /// <param name="name">What the log and the error call it.</param>
    /// <param name="prepare">Null when all is prepared, else the reason to try again; an outage is tried again too.</param>
    /// <param name="cancellationToken">The host stops.</param>
    /// <exception cref="TimeoutException">It could not be prepared in time, or the host stops; says why.</exception>
    public async Task WaitAsync(string name, Func<CancellationToken, Task<string?>> prepare, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(options.Value.StartTimeout);
        for (var told = false; ; told = true)
        {
            string reason;
            try
            {
                if (await prepare(deadline.Token) is not { } missing)
                    return;
                reason = missing;
            }
            catch (Exception exception) when (RetryableFailure.IsOutage(exception))
            {
                reason = exception.Message;
            }

            if (!told)
                LogWaiting(name, reason);
            try
            {
                await Task.Delay(Pause, clock, deadline.Token);
            }
            catch (OperationCanceledException exception)
            {
                throw new TimeoutException($"The database '{name}' cannot be used: {reason}.", exception);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Waiting for database {Database}: {Reason}")]
    private partial void LogWaiting(string database, string reason);
}

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
