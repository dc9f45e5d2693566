using Npgsql;
using Quartz;

namespace Orchestrator.Scheduler.Timers;

/// <summary>The schema that holds Quartz's tables; Quartz makes the tables, but not the schema.</summary>
internal sealed class TimerStore(string? postgres, string schema)
{
    public async Task PrepareAsync(CancellationToken ct)
    {
        if (postgres is null)
            return;
        await using var connection = new NpgsqlConnection(postgres);
        await connection.OpenAsync(ct);
        await using var command = connection.CreateCommand();
        // "if not exists" alone still collides when two processes start at once.
        command.CommandText = $"""
            select pg_advisory_lock(hashtextextended('orchestrator.migrate.{schema}', 0));
            create schema if not exists "{schema}";
            select pg_advisory_unlock_all();
            """;
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Whether somebody has made the tables.</summary>
    public async Task<bool> IsPreparedAsync(CancellationToken ct) =>
        postgres is null || await AskAsync($"select exists (select from pg_tables where schemaname = '{schema}')", ct) is true;

    /// <summary>Asks the database for an answer; a file always has one.</summary>
    public Task PingAsync(CancellationToken ct) => postgres is null ? Task.CompletedTask : AskAsync("select 1", ct);

    public async Task MigrateAsync(IServiceProvider services)
    {
        await PrepareAsync(CancellationToken.None);
        // Building the scheduler makes the tables; without a start it fires nothing.
        await (await services.GetRequiredService<ISchedulerFactory>().GetScheduler()).Shutdown();
    }

    private async Task<object?> AskAsync(string question, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(postgres);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(question, connection);
        return await command.ExecuteScalarAsync(ct);
    }
}
