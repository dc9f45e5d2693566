using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace Orchestrator.Persistence.Providers;

/// <summary>PostgreSQL: one database, one schema per service, one pool of connections per process.</summary>
internal static class Postgres
{
    /// <summary>Table of applied migrations, in the schema of the service.</summary>
    private const string HistoryTable = "migrations";

    public static NpgsqlDataSource CreateDataSource(IConfiguration configuration, DatabaseOptions options)
    {
        var text = configuration.GetConnectionString("Postgres");
        if (string.IsNullOrWhiteSpace(text))
            throw new InvalidOperationException("ConnectionStrings:Postgres is not set. Set it, or set Database:Provider to 'sqlite'.");
        var connection = new NpgsqlConnectionStringBuilder(text);
        if (!connection.ContainsKey("Maximum Pool Size"))
            connection.MaxPoolSize = options.PoolSize;
        if (connection.MaxAutoPrepare == 0)
        {
            connection.MaxAutoPrepare = 100;
            connection.AutoPrepareMinUsages = 3;
        }

        // Nothing here leaves state in a session, so the server need not parse a reset for every message.
        connection.NoResetOnClose = true;
        return new NpgsqlDataSourceBuilder(connection.ConnectionString).Build();
    }

    public static void Configure(DbContextOptionsBuilder options, NpgsqlDataSource source, string schema) =>
        options.UseNpgsql(source, npgsql => npgsql.MigrationsHistoryTable(HistoryTable, schema));

    public static void Configure(DbContextOptionsBuilder options, string connectionString, string schema) =>
        options.UseNpgsql(connectionString, npgsql => npgsql.MigrationsHistoryTable(HistoryTable, schema));

    /// <summary>Applies the migrations while nobody else does, and makes <c>clock()</c>.</summary>
    public static async Task MigrateAsync(ServiceDbContext db, NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var begin = new NpgsqlCommand("select pg_advisory_lock(hashtextextended($1, 0))", connection) { CommandTimeout = 0 };
        begin.Parameters.Add(new NpgsqlParameter<string> { TypedValue = $"orchestrator.migrate.{db.Schema}" });
        await begin.ExecuteNonQueryAsync(cancellationToken);
        try
        {
            await using var clock = new NpgsqlCommand(ClockSql(db.Schema), connection);
            await clock.ExecuteNonQueryAsync(cancellationToken);
            // Else a fresh database greets its operator with a logged error about the missing table.
            await db.GetService<IHistoryRepository>().CreateIfNotExistsAsync(cancellationToken);
            await db.Database.MigrateAsync(cancellationToken);
        }
        finally
        {
            await using var end = new NpgsqlCommand("select pg_advisory_unlock_all()", connection);
            await end.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    public static Task MoveClockAsync(ServiceDbContext db, TimeSpan offset, CancellationToken cancellationToken)
    {
        var statement = db.Sql.Statement("clock.move", _ =>
            $"insert into \"{db.Schema}\".clock_offset (value) values ({{0}}) on conflict (one) do update set value = excluded.value");
        return db.Database.ExecuteSqlRawAsync(statement, [offset], cancellationToken);
    }

    /// <summary>
    /// All time decisions of a schema go through one function, so that a test moves one row and the system follows. Every handled message asks it:
    /// PL/pgSQL keeps the plan of the query in the session, SQL with a query inside would be planned at each call.
    /// </summary>
    private static string ClockSql(string schema) =>
        $"""
        create schema if not exists "{schema}";
        create table if not exists "{schema}".clock_offset (one boolean primary key default true check (one), value interval not null);
        create or replace function "{schema}".clock() returns timestamptz language plpgsql stable as
          $$ begin return now() + coalesce((select value from "{schema}".clock_offset), interval '0'); end $$;
        """;
}
