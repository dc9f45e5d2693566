using Npgsql;

namespace Orchestrator.Benchmarks;

/// <summary>Makes a database look as after many jobs: the rows of those that ran are copied under other ids.</summary>
internal static class GrownDatabase
{
    private static readonly string[] Tables =
    [
        "pipeline.runs", "gateway.jobs", "gateway.job_steps", "gateway.launches", "gateway.job_events", "gateway.audit", "budget.reservations", "budget.ledger", "runner.attempt_leases",
    ];

    /// <summary>Copies until there are about so many jobs; answers how many there are.</summary>
    public static async Task<long> GrowAsync(string database, int jobs)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database) { CommandTimeout = 0 });
        var there = await CountAsync(source);
        var copies = Math.Max(1, (int)(jobs / Math.Max(1, there)));
        foreach (var table in Tables)
        {
            var columns = await ColumnsAsync(source, table);
            var values = columns.Select(column => column switch
            {
                "pipeline_id" or "correlation_id" => $"md5({column}::text || n)::uuid",
                "job_id" => "job_id || '-' || n",
                _ => column,
            });
            await RunAsync(source, $"insert into {table} ({string.Join(", ", columns)}) select {string.Join(", ", values)} from {table}, generate_series(1, {copies}) n");
        }

        await RunAsync(source, "analyze");
        return await CountAsync(source);
    }

    /// <summary>All but the numbers that the database gives.</summary>
    private static async Task<List<string>> ColumnsAsync(NpgsqlDataSource source, string table)
    {
        await using var command = source.CreateCommand("select column_name from information_schema.columns where table_schema || '.' || table_name = $1 and is_identity = 'NO' order by ordinal_position");
        command.Parameters.Add(new NpgsqlParameter { Value = table });
        await using var reader = await command.ExecuteReaderAsync();
        var columns = new List<string>();
        while (await reader.ReadAsync())
            columns.Add(reader.GetString(0));
        return columns;
    }

    private static async Task<long> CountAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand("select count(*) from pipeline.runs");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task RunAsync(NpgsqlDataSource source, string text)
    {
        await using var command = source.CreateCommand(text);
        await command.ExecuteNonQueryAsync();
    }
}
