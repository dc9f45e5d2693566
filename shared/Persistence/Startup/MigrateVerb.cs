using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Persistence.Startup;

/// <summary>Runs a service, or brings its database up to date and ends.</summary>
public static partial class MigrateVerb
{
    /// <summary>Last line of a service's Program.cs: with the argument <c>migrate</c> it migrates and ends, else it runs until it is stopped.</summary>
    public static Task RunServiceAsync(this WebApplication app, string[] args) =>
        args is ["migrate", ..] ? app.MigrateAsync() : app.RunAsync();

    /// <summary>Brings every database of the process up to date.</summary>
    public static async Task MigrateAsync(this WebApplication app, CancellationToken cancellationToken = default)
    {
        foreach (var database in app.Services.GetServices<IServiceDatabase>())
        {
            await database.MigrateAsync(cancellationToken);
            LogMigrated(app.Logger, database.Name);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Database {Database} is up to date")]
    private static partial void LogMigrated(ILogger logger, string database);
}
