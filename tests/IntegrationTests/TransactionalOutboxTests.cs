using Microsoft.EntityFrameworkCore;
using Orchestrator.TestServers.Postgres;
using Orchestrator.TestServers.RabbitMq;
using Orchestrator.UnitTests.Persistence.Workshop;

namespace Orchestrator.IntegrationTests;

/// <summary>The promises of the outbox on PostgreSQL and RabbitMQ.</summary>
public sealed class TransactionalOutboxTests : OutboxScenarios
{
    protected override int Sagas => 150;

    protected override async Task<Dictionary<string, string?>> SettingsAsync()
    {
        var postgres = await (await PostgresServer.SharedAsync()).NewDatabaseAsync();
        var vhost = await (await RabbitMqServer.SharedAsync()).NewVhostAsync();
        var source = Npgsql.NpgsqlDataSource.Create(postgres);
        await using (source)
        {
            // The contexts of the workshop have no migrations: their tables come from the model.
            await CreateAsync(source, new WorkshopDbContext(Options<WorkshopDbContext>()));
            await CreateAsync(source, new NotebookDbContext(Options<NotebookDbContext>()));
        }

        return new Dictionary<string, string?>
        {
            ["ConnectionStrings:Postgres"] = postgres,
            ["ConnectionStrings:RabbitMq"] = vhost.Amqp.ToString(),
        };
    }

    private static async Task CreateAsync(Npgsql.NpgsqlDataSource source, DbContext db)
    {
        await using var create = source.CreateCommand(db.Database.GenerateCreateScript());
        await create.ExecuteNonQueryAsync();
        await db.DisposeAsync();
    }

    private static DbContextOptions<TDb> Options<TDb>()
        where TDb : DbContext =>
        new DbContextOptionsBuilder<TDb>().UseNpgsql("Host=none").UseSnakeCaseNamingConvention().Options;
}
