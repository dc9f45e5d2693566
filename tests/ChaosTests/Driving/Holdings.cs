using System.Globalization;
using Npgsql;

namespace Orchestrator.ChaosTests.Driving;

/// <summary>What a process that stands still has in hand, as the database shows it.</summary>
/// <param name="Leases">Launches whose lease it holds.</param>
/// <param name="Transactions">Transactions that it has open.</param>
/// <param name="Unsent">Committed messages of its schema that are not known to be with the broker.</param>
/// <param name="At">When, by the clock that leases go by.</param>
internal sealed record Holdings(long Leases, long Transactions, long Unsent, DateTime At)
{
    /// <summary>A kill now falls into the middle of something.</summary>
    public bool Any => Leases + Transactions + Unsent > 0;

    public static async Task<Holdings> OfAsync(NpgsqlConnection connection, Incarnation process)
    {
        var schema = process.Process.Service.EndsWith("Runner", StringComparison.Ordinal) ? "runner" : process.Process.Service.ToLowerInvariant();
        await using var command = connection.CreateCommand();
        command.CommandText = $"""
            select
              (select count(*) from runner.attempt_leases where state = 'running' and lease_until > runner.clock() and owner like '%:{process.Process.Id.ToString(CultureInfo.InvariantCulture)}:%'),
              (select count(*) from pg_stat_activity where application_name = @name and xact_start is not null),
              {(schema == "scheduler" ? "0::bigint" : $"(select count(*) from {schema}.outbox)")},
              runner.clock()
            """;
        command.Parameters.AddWithValue("name", process.Name);
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return new Holdings(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetDateTime(3));
    }
}
