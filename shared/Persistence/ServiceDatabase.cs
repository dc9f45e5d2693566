using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orchestrator.Persistence.Outbox;
using Orchestrator.Persistence.Providers;

namespace Orchestrator.Persistence;

/// <summary>The database of one service, as one process knows it.</summary>
internal interface IServiceDatabase
{
    string Name { get; }

    /// <summary>Whether the schema was seen to be up to date.</summary>
    bool Migrated { get; }

    Task MigrateAsync(CancellationToken cancellationToken);

    Task<bool> IsMigratedAsync(CancellationToken cancellationToken);

    Task PingAsync(CancellationToken cancellationToken);

    Task MoveClockAsync(TimeSpan offset, CancellationToken cancellationToken);
}

internal sealed class ServiceDatabase<TDb>(string name, IServiceProvider services) : IServiceDatabase, IDisposable
    where TDb : ServiceDbContext
{
    private static readonly Turn Free = new(null);
    private readonly SemaphoreSlim _writer = new(1, 1);

    public string Name => name;

    public bool Migrated { get; private set; }

    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        if (db.Sql.IsPostgres)
            await Postgres.MigrateAsync(db, services.GetRequiredService<NpgsqlDataSource>(), cancellationToken);
        else
            await Sqlite.MigrateAsync(db, cancellationToken);
        Migrated = true;
    }

    public async Task<bool> IsMigratedAsync(CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        if (!db.Sql.IsPostgres)
            await Sqlite.MigrateAsync(db, cancellationToken);
        Migrated = !db.Sql.IsPostgres || !(await db.Database.GetPendingMigrationsAsync(cancellationToken)).Any();
        return Migrated;
    }

    public async Task PingAsync(CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<TDb>().Database.ExecuteSqlRawAsync("select 1", cancellationToken);
    }

    public async Task MoveClockAsync(TimeSpan offset, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        var clock = services.GetRequiredService<DatabaseClock>();
        if (db.Sql.IsPostgres)
            await Postgres.MoveClockAsync(db, offset, cancellationToken);
        else
            clock.Set(offset);
        await OutboxSweep.LookAsync(db, clock, cancellationToken);
    }

    /// <summary>
    /// SQLite lets one writer in and blocks the threads of the others; those who begin a transaction queue here
    /// instead, without a thread. PostgreSQL needs no turns.
    /// </summary>
    public async ValueTask<Turn> EnterAsync(TDb db, CancellationToken cancellationToken)
    {
        if (db.Sql.IsPostgres)
            return Free;
        await _writer.WaitAsync(cancellationToken);
        return new Turn(_writer);
    }

    public void Dispose() => _writer.Dispose();

    public sealed class Turn(SemaphoreSlim? writer) : IDisposable
    {
        public void Dispose() => writer?.Release();
    }
}
