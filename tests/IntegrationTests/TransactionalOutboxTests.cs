using Orchestrator.IntegrationTests.Fixtures;
using Orchestrator.TestServers.RabbitMq;
using Orchestrator.UnitTests.Persistence.Workshop;

namespace Orchestrator.IntegrationTests;

/// <summary>The promises of the outbox on PostgreSQL and RabbitMQ.</summary>
public sealed class TransactionalOutboxTests : OutboxScenarios
{
    protected override int Sagas => 150;

    protected override async Task<Dictionary<string, string?>> SettingsAsync() => new()
    {
        ["ConnectionStrings:Postgres"] = await WorkshopDatabase.CreateAsync(),
        ["ConnectionStrings:RabbitMq"] = (await (await RabbitMqServer.SharedAsync()).NewVhostAsync()).Amqp.ToString(),
    };
}
