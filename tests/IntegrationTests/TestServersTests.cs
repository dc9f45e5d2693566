using AwesomeAssertions;
using Orchestrator.TestServers;
using Orchestrator.TestServers.Postgres;
using Orchestrator.TestServers.Processes;
using Orchestrator.TestServers.RabbitMq;

namespace Orchestrator.IntegrationTests;

public sealed class TestServersTests
{
    [Fact]
    [Trait("Category", "Long")]
    public async Task Two_brokers_of_one_run_never_meet_and_each_keeps_its_data_over_a_restart()
    {
        await using var broker = await RabbitMqServer.StartOwnAsync();
        var vhost = await broker.NewVhostAsync();
        var others = await (await (await RabbitMqServer.SharedAsync()).NewVhostAsync()).Management.GetAsync("vhosts");

        await broker.RestartAsync();

        others.EnumerateArray().Select(other => other.GetProperty("name").GetString()).Should().NotContain(vhost.Name);
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

    [Theory]
    [InlineData("rabbitmq", "4.0.5", true)]
    [InlineData("rabbitmq", "3.10.8", false)]
    [InlineData("rabbitmq", "4.05", false)]
    [InlineData("postgres", "17.11", true)]
    [InlineData("postgres", "17", true)]
    [InlineData("postgres", "15.14", false)]
    [InlineData("other", "1", true)]
    public void A_server_of_another_version_than_the_matrix_names_is_refused(string server, string version, bool isTaken) =>
        (ServerSource.Refusal("rabbitmq=4.0, postgres=17", server, version) is null).Should().Be(isTaken);

    [Theory]
    [InlineData("rabbitmq 4.0.5 (container rabbitmq:4-management)\npostgres 17.11 (container postgres:17)\n", "")]
    [InlineData("rabbitmq 4.0.5 (container rabbitmq:4-management)\n", "postgres 17\n")]
    [InlineData("rabbitmq 3.10.8 (Debian package)\npostgres 17.11 (container postgres:17)\n", "rabbitmq 4.0\n")]
    [InlineData("", "rabbitmq 4.0\npostgres 17\n")]
    public async Task A_run_is_red_when_a_server_version_that_was_named_was_not_used(string used, string missing)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, used, TestContext.Current.CancellationToken);

        var (code, output) = await Shell.TryAsync(Path.Combine(Deploy.Manifests.Root, "tests/TestServers/demand.sh"), "rabbitmq=4.0,postgres=17", file);

        File.Delete(file);
        output.Should().Be(missing);
        code.Should().Be(missing.Length == 0 ? 0 : 1);
    }
}
