using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;

namespace Orchestrator.Persistence;

/// <summary>For work outside the database that only one process may do at a time.</summary>
public static class ExclusiveTurn
{
    private static readonly ConcurrentDictionary<string, SemaphoreSlim> OfThisProcess = new(StringComparer.Ordinal);

    /// <summary>
    /// Waits until nobody else has this turn, and holds it until it is disposed of or the process ends. On PostgreSQL it is a lock of
    /// the context's session, which stays open with it; on SQLite there is one process only.
    /// </summary>
    /// <param name="db">The context; use it for the work, and by one task at a time.</param>
    /// <param name="name">What the turn is for.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static async Task<IAsyncDisposable> EnterAloneAsync(this ServiceDbContext db, string name, CancellationToken cancellationToken = default)
    {
        var key = $"orchestrator.{db.Schema}.{name}";
        if (!db.Sql.IsPostgres)
        {
            var turn = OfThisProcess.GetOrAdd($"{db.Database.GetConnectionString()}|{key}", _ => new SemaphoreSlim(1));
            await turn.WaitAsync(cancellationToken);
            return new Turn(() =>
            {
                turn.Release();
                return Task.CompletedTask;
            });
        }

        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await db.Database.ExecuteSqlRawAsync("select pg_advisory_lock(hashtextextended({0}, 0))", [key], cancellationToken);
        }
        catch
        {
            await db.Database.CloseConnectionAsync();
            throw;
        }

        return new Turn(async () =>
        {
            try
            {
                await db.Database.ExecuteSqlRawAsync("select pg_advisory_unlock(hashtextextended({0}, 0))", key);
            }
            finally
            {
                await db.Database.CloseConnectionAsync();
            }
        });
    }

    private sealed class Turn(Func<Task> end) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await end();
    }
}
