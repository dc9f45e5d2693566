using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Orchestrator.Persistence.Providers;

/// <summary>SQLite: one file per service, for one process. Every transaction begins IMMEDIATE, which is the driver's default.</summary>
internal static class Sqlite
{
    public static void Configure(DbContextOptionsBuilder options, DatabaseOptions database, string name, DatabaseClock clock)
    {
        var folder = Path.GetFullPath(database.Folder);
        Directory.CreateDirectory(folder);
        var connection = new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, $"{name}.db"), Pooling = true };
        options.UseSqlite(connection.ConnectionString).AddInterceptors(new ConnectionSetup(clock));
    }

    /// <summary>Creates the tables, or says that the file is of another version: files of development are not migrated.</summary>
    public static async Task MigrateAsync(ServiceDbContext db, CancellationToken cancellationToken)
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await db.Database.ExecuteSqlRawAsync("pragma journal_mode = wal", cancellationToken);
            var created = await db.Database.EnsureCreatedAsync(cancellationToken);
            var expected = Fingerprint(db.Database.GenerateCreateScript());
            if (created)
            {
                await ExecuteAsync(db, string.Create(CultureInfo.InvariantCulture, $"pragma user_version = {expected}"), cancellationToken);
                return;
            }

            var found = Convert.ToInt32(await ExecuteAsync(db, "pragma user_version", cancellationToken), CultureInfo.InvariantCulture);
            if (found != expected)
                throw new InvalidOperationException(
                    $"{db.Database.GetDbConnection().DataSource} was made by another version. Delete it, or set Database:Folder to a new folder.");
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    private static async Task<object?> ExecuteAsync(DbContext db, string sql, CancellationToken cancellationToken)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync(cancellationToken);
    }

    private static int Fingerprint(string script) =>
        BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes(script)), 0) & int.MaxValue;

    private sealed class ConnectionSetup(DatabaseClock clock) : DbConnectionInterceptor
    {
        public override DbConnection ConnectionCreated(ConnectionCreatedEventData eventData, DbConnection result)
        {
            ((SqliteConnection)result).CreateFunction("clock", () => clock.GetUtcNow().UtcTicks);
            return result;
        }

        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Prepare(connection);

        public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            Prepare(connection);
            return Task.CompletedTask;
        }

        /// <summary>Without <c>busy_timeout</c> the driver sleeps 150 ms at every conflict. NORMAL survives the end of the process.</summary>
        private static void Prepare(DbConnection connection)
        {
            using var command = connection.CreateCommand();
            command.CommandText = "pragma busy_timeout = 5000; pragma synchronous = normal";
            command.ExecuteNonQuery();
        }
    }
}
