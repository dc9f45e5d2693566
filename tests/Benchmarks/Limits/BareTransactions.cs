using System.Diagnostics;
using Npgsql;

namespace Orchestrator.Benchmarks.Limits;

/// <summary>The least that a saga has to write on this disk: inbox row, locked state, changed state and outbox row in one transaction; four of them make a job.</summary>
internal static class BareTransactions
{
    private const int PerJob = 4;
    private const int AtOnce = 16;

    /// <summary>Jobs per second with many transactions at once, and CPU milliseconds of each: database and client.</summary>
    public static async Task<(double PerSecond, double CpuMs)> MeasureAsync(string database, int jobs)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await RunAsync(source, "create table states (id uuid primary key, body text not null); create table inbox (id uuid primary key); create table outbox (id uuid primary key, body text not null)");
        var body = new string('x', 2048);
        var cpu = new CpuClock(withDriver: true);
        var watch = Stopwatch.StartNew();
        await Parallel.ForAsync(0, jobs, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (_, _) =>
        {
            var id = Guid.CreateVersion7();
            await RunAsync(source, "insert into states values ($1, $2)", id, body);
            for (var i = 0; i < PerJob; i++)
                await TransitionAsync(source, id, body);
        });
        return (jobs / watch.Elapsed.TotalSeconds, cpu.Seconds * 1000 / jobs);
    }

    private static async Task TransitionAsync(NpgsqlDataSource source, Guid id, string body)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var load = new NpgsqlBatch(connection, transaction);
        load.BatchCommands.Add(Command("insert into inbox values ($1)", Guid.CreateVersion7()));
        load.BatchCommands.Add(Command("select body from states where id = $1 for update", id));
        await load.ExecuteNonQueryAsync();
        await using var save = new NpgsqlBatch(connection, transaction);
        save.BatchCommands.Add(Command("update states set body = $2 where id = $1", id, body));
        save.BatchCommands.Add(Command("insert into outbox values ($1, $2)", Guid.CreateVersion7(), body));
        await save.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
    }

    private static NpgsqlBatchCommand Command(string text, params object[] values)
    {
        var command = new NpgsqlBatchCommand(text);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }

    private static async Task RunAsync(NpgsqlDataSource source, string text, params object[] values)
    {
        await using var command = source.CreateCommand(text);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync();
    }
}
