using Microsoft.EntityFrameworkCore;
using Npgsql;
using Orchestrator.TestServers.Postgres;
using Orchestrator.UnitTests.Persistence.Workshop;

namespace Orchestrator.IntegrationTests.Fixtures;

/// <summary>A PostgreSQL database with the tables of the workshop; its contexts have no migrations, so they come from the model.</summary>
internal static class WorkshopDatabase
{
    public static async Task<string> CreateAsync()
    {
        var address = await (await PostgresServer.SharedAsync()).NewDatabaseAsync();
        await using var source = NpgsqlDataSource.Create(address);
        await CreateTablesAsync(source, new WorkshopDbContext(Options<WorkshopDbContext>()));
        await CreateTablesAsync(source, new NotebookDbContext(Options<NotebookDbContext>()));
        return address;
    }

    private static async Task CreateTablesAsync(NpgsqlDataSource source, DbContext db)
    {
        await using (db)
        {
            await using var create = source.CreateCommand(db.Database.GenerateCreateScript());
            await create.ExecuteNonQueryAsync();
        }
    }

    private static DbContextOptions<TDb> Options<TDb>()
        where TDb : DbContext =>
        new DbContextOptionsBuilder<TDb>().UseNpgsql("Host=none").UseSnakeCaseNamingConvention().Options;
}
