using Microsoft.Extensions.DependencyInjection;

namespace Orchestrator.Persistence;

/// <summary>The one means of moving the clock of a running system; for tests.</summary>
public static class ClockOffset
{
    /// <summary>
    /// From now on the databases of this process say the real time plus <paramref name="offset"/>. Other processes on the same
    /// PostgreSQL schemas follow with their next sweep.
    /// </summary>
    public static async Task MoveClockAsync(this IServiceProvider services, TimeSpan offset, CancellationToken cancellationToken = default)
    {
        foreach (var database in services.GetServices<IServiceDatabase>())
            await database.MoveClockAsync(offset, cancellationToken);
    }
}
