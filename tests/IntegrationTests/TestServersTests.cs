using AwesomeAssertions;
using Orchestrator.TestServers.Postgres;
using Orchestrator.TestServers.RabbitMq;

namespace Orchestrator.IntegrationTests;

public sealed class TestServersTests
{
    [Fact]
    public async Task Two_brokers_of_one_run_never_meet()
    {
        await using var one = await RabbitMqServer.StartOwnAsync();
        await using var other = await RabbitMqServer.StartOwnAsync();

        var vhost = await one.NewVhostAsync();
        var names = (await (await other.NewVhostAsync()).Management.GetAsync("vhosts")).EnumerateArray().Select(v => v.GetProperty("name").GetString());

        names.Should().NotContain(vhost.Name);
    }

    [Fact]
    public async Task A_broker_keeps_its_data_over_a_restart()
    {
        await using var broker = await RabbitMqServer.StartOwnAsync();
        var vhost = await broker.NewVhostAsync();

        await broker.RestartAsync();

        (await vhost.Management.GetAsync($"vhosts/{vhost.Name}")).GetProperty("name").GetString().Should().Be(vhost.Name);
    }

    [Fact]
    public async Task A_database_keeps_its_data_over_a_restart()
    {
        await using var server = await PostgresServer.StartOwnAsync(durable: true);
        var address = await server.NewDatabaseAsync();

        await server.RestartAsync();

        await using var connection = new Npgsql.NpgsqlConnection(address);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        connection.Database.Should().NotBe("postgres");
    }
}
