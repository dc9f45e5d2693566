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

    public async Task MigrateAsync(IServiceProvider services)
    {
        await PrepareAsync(CancellationToken.None);
        // Building the scheduler makes the tables; without a start it fires nothing.
        await services.GetRequiredService<ISchedulerFactory>().GetScheduler();
    }
}
