using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Orchestrator.Contracts.Jobs;
using Orchestrator.Contracts.Steps;
using Orchestrator.Pipeline.Flow;
using Orchestrator.TestServers;
using Orchestrator.TestServers.Postgres;
using Orchestrator.TestServers.RabbitMq;
using Orchestrator.UnitTests.Pipeline.Flow;
using Orchestrator.UnitTests.Pipeline.Saga;

namespace Orchestrator.IntegrationTests;

/// <summary>Fair flow on PostgreSQL.</summary>
public sealed class FlowTests : FlowScenarios
{
    protected override int Flood => 1000;

    [Fact]
    [Trait("Category", "Long")]
    public async Task Two_processes_release_each_step_once_and_leave_nothing_behind()
    {
        var settings = await SettingsAsync();
        settings["Messaging:Transport"] = "rabbitmq";
        settings["ConnectionStrings:RabbitMq"] = (await (await RabbitMqServer.SharedAsync()).NewVhostAsync()).Amqp.ToString();
        settings["Pipeline:DispatchWindow"] = "2";
        settings["Pipeline:ReserveDeadline"] = settings["Pipeline:DispatchDeadline"] = "00:10:00";
        await using var one = await SagaHost.StartAsync(settings: settings);
        await using var two = await SagaHost.StartAsync(settings: settings, twin: one);

        for (var i = 0; i < 60; i++)
            await one.SubmitAsync(Job($"project-{i % 3}", Step("a"), Step("b")) with { ConcurrencyKey = i % 4 == 0 ? "shared" : null });

        await Eventually.IsTrueAsync(() => Task.FromResult(one.Seen.OfType<JobCompleted>().Count() == 60), "all jobs are over", TimeSpan.FromMinutes(3));
        one.Seen.OfType<RunStep>().Select(command => command.Key).Should().OnlyHaveUniqueItems().And.HaveCount(120);
        await Eventually.IsTrueAsync(() => one.AskAsync(async db => !await db.Set<ReadyStep>().AnyAsync()), "no row is left");
    }

    protected override async Task<Dictionary<string, string?>> SettingsAsync() => new()
    {
        ["Database:Provider"] = "postgres",
        ["ConnectionStrings:Postgres"] = await (await PostgresServer.SharedAsync()).NewDatabaseAsync(),
    };
}
