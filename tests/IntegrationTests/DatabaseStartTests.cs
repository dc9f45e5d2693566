using System.Net;
using AwesomeAssertions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orchestrator.Budget;
using Orchestrator.Hosting;
using Orchestrator.Messaging;
using Orchestrator.Persistence.Startup;
using Orchestrator.Scheduler;
using Orchestrator.TestServers;
using Orchestrator.TestServers.Postgres;

namespace Orchestrator.IntegrationTests;

/// <summary>How a service comes to its schema, on PostgreSQL.</summary>
public sealed class DatabaseStartTests
{
    [Fact]
    public async Task Many_processes_that_start_at_once_migrate_once()
    {
        var address = await (await PostgresServer.SharedAsync()).NewDatabaseAsync();
        var apps = Enumerable.Range(0, 4).Select(_ => Build("budget", address)).ToArray();

        await Task.WhenAll(apps.Select(app => app.StartAsync()));

        (await ScalarAsync(address, "select count(*) from budget.migrations")).Should().Be(1L);
        foreach (var app in apps)
            await app.DisposeAsync();
    }

    [Theory]
    [InlineData("budget")]
    [InlineData("scheduler")]
    public async Task Service_that_may_not_migrate_waits_until_the_verb_has(string service)
    {
        var address = await (await PostgresServer.SharedAsync()).NewDatabaseAsync();
        await using var waiting = Build(service, address, ("Database:MigrateAtStart", "false"));

        var start = waiting.StartAsync();
        var waited = !start.IsCompleted;
        await using (var migrating = Build(service, address))
            await (service == "scheduler" ? migrating.RunSchedulerAsync(["migrate"]) : migrating.RunServiceAsync(["migrate"]));
        await start;

        waited.Should().BeTrue();
        (await GetAsync(waiting, "/health/startup")).Should().Be(HttpStatusCode.OK);
        await waiting.StopAsync();
    }

    [Theory]
    [InlineData("budget")]
    [InlineData("scheduler")]
    public async Task Service_whose_database_never_comes_ends_with_its_reason(string service)
    {
        await using var app = Build(service, "Host=127.0.0.1;Port=1;Username=postgres;Database=none;Timeout=1", ("Database:StartTimeout", "00:00:02"));

        var start = () => app.StartAsync();

        (await start.Should().ThrowAsync<TimeoutException>()).WithMessage($"The database '{service}' cannot be used:*");
    }

    [Theory]
    [InlineData("budget")]
    [InlineData("scheduler")]
    public async Task Readiness_follows_the_database_and_liveness_does_not(string service)
    {
        await using var server = await PostgresServer.StartOwnAsync();
        await using var app = Build(service, await server.NewDatabaseAsync());
        await app.StartAsync();
        var before = await GetAsync(app, "/health/ready");

        await server.StopAsync();
        await Eventually.IsTrueAsync(async () => await GetAsync(app, "/health/ready") == HttpStatusCode.ServiceUnavailable, "not ready");
        var alive = await GetAsync(app, "/health/live");
        await server.RestartAsync();

        (before, alive).Should().Be((HttpStatusCode.OK, HttpStatusCode.OK));
        await Eventually.IsTrueAsync(async () => await GetAsync(app, "/health/ready") == HttpStatusCode.OK, "ready again");
        await app.StopAsync();
    }

    [Fact]
    public async Task Ledger_refuses_every_change()
    {
        var address = await (await PostgresServer.SharedAsync()).NewDatabaseAsync();
        await using (var app = Build("budget", address))
            await app.MigrateAsync();

        var change = () => ScalarAsync(address, "update budget.ledger set micro_usd = 0");
        var delete = () => ScalarAsync(address, "delete from budget.ledger");

        (await change.Should().ThrowAsync<PostgresException>()).WithMessage("*append-only*");
        (await delete.Should().ThrowAsync<PostgresException>()).WithMessage("*append-only*");
    }

    [Fact]
    public async Task Clock_that_is_moved_in_the_database_moves_the_service()
    {
        var address = await (await PostgresServer.SharedAsync()).NewDatabaseAsync();
        await using var app = Build("budget", address, ("Database:OutboxSweep", "00:00:00.2"));
        await app.StartAsync();
        var clock = app.Services.GetRequiredService<TimeProvider>();
        var before = clock.GetUtcNow();

        await ScalarAsync(address, "insert into budget.clock_offset (value) values ('2 days')");

        await Eventually.IsTrueAsync(() => Task.FromResult(clock.GetUtcNow() > before.AddDays(2)), "the service follows the database");
    }

    [Fact]
    public void Model_and_migrations_agree()
    {
        using var db = new BudgetDesignTimeFactory().CreateDbContext([]);

        db.Database.HasPendingModelChanges().Should().BeFalse("`dotnet ef migrations add` has to be run for services/Budget");
    }

    private static WebApplication Build(string service, string address, params (string Key, string Value)[] settings)
    {
        var builder = ServiceDefaults.CreateBuilder([]);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Postgres"] = address,
            ["Messaging:Transport"] = "in-memory",
        });
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddServiceDefaults(service);
        if (service == "scheduler")
        {
            builder.AddScheduler();
            builder.AddMessaging(bus => bus.AddSchedulerConsumers());
        }
        else
        {
            builder.AddBudget();
            builder.AddMessaging(bus => bus.AddBudgetConsumers());
        }

        var app = builder.Build();
        app.MapServiceDefaults();
        return app;
    }

    private static async Task<HttpStatusCode> GetAsync(WebApplication app, string path)
    {
        var root = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri(root + path));
        return answer.StatusCode;
    }

    private static async Task<object?> ScalarAsync(string address, string sql)
    {
        await using var connection = new NpgsqlConnection(address);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
