using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Orchestrator.TestServers.Systems;

namespace Orchestrator.Benchmarks;

/// <summary>What the system costs while it has nothing to do.</summary>
internal sealed class IdleSystem(RunningSystem system, string database)
{
    private const double Calm = 0.1;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Calming = TimeSpan.FromMinutes(1);

    // A connection of PostgreSQL that fell idle tells its counts ten seconds later; they belong to the work before.
    private static readonly TimeSpan Counted = TimeSpan.FromSeconds(11);

    /// <summary>CPU as a share of one core, and transactions of the database per second.</summary>
    public async Task<(double Cpu, double Transactions, string Parts)> WatchAsync(TimeSpan duration)
    {
        var (cpu, transactions) = (new CpuClock(), await TransactionsAsync());
        await Task.Delay(duration);
        return (cpu.Seconds / duration.TotalSeconds, (await TransactionsAsync() - transactions) / duration.TotalSeconds,
            string.Join(", ", cpu.ByName().OrderByDescending(part => part.Value).Select(part => $"{part.Key} {part.Value / duration.TotalSeconds:0.000}")));
    }

    /// <summary>Waits, a good minute at most, until it is no longer busy with what it did before: the runtime compiles what ran often for a while longer.</summary>
    public static async Task CalmAsync()
    {
        var watch = Stopwatch.StartNew();
        var busy = true;
        while (busy && watch.Elapsed < Calming)
        {
            var cpu = new CpuClock();
            await Task.Delay(Look);
            busy = cpu.Seconds >= Look.TotalSeconds * Calm;
        }

        await Task.Delay(Counted);
    }

    /// <summary>Resident memory of each service, MiB.</summary>
    public IReadOnlyDictionary<string, int> Memory() => RunningSystem.Services.ToDictionary(name => name, name =>
    {
        var line = File.ReadLines($"/proc/{system.Of(name).Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    });

    private async Task<long> TransactionsAsync()
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select xact_commit + xact_rollback from pg_stat_database where datname = current_database()", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
