using System.Collections.Concurrent;
using System.Diagnostics;
using AwesomeAssertions;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orchestrator.Contracts.Budget;
using Orchestrator.Contracts.Steps;
using Orchestrator.IntegrationTests.Messaging;
using Orchestrator.Messaging;
using Orchestrator.TestServers;
using Orchestrator.TestServers.Postgres;
using Orchestrator.TestServers.RabbitMq;
using RabbitMQ.Client.Exceptions;

namespace Orchestrator.IntegrationTests;

/// <summary>The Budget service as a process of its own, killed again and again while it works.</summary>
public sealed class BudgetCrashTests
{
    private const int Launches = 240;
    private const int Kills = 3;

    [Fact]
    [Trait("Category", "Long")]
    public async Task Killed_service_answers_every_reservation_and_books_every_launch_once()
    {
        var database = await (await PostgresServer.SharedAsync()).NewDatabaseAsync();
        var vhost = await (await RabbitMqServer.SharedAsync()).NewVhostAsync();
        await using var caller = await MessagingHost.StartAsync(
            new() { ["ConnectionStrings:RabbitMq"] = vhost.Amqp.ToString() },
            bus => bus.AddConsumer<BudgetReservedConsumer>().Endpoint(endpoint => endpoint.Name = "caller"),
            builder => builder.Services.AddSingleton<Answers>());
        var answers = caller.Services.GetRequiredService<Answers>();
        await using var budget = new BudgetProcess(database, vhost.Amqp);
        budget.Start();
        await Eventually.IsTrueAsync(() => HasQueueAsync(vhost), "the service has its queue", TimeSpan.FromSeconds(60));

        var keys = Enumerable.Range(0, Launches).Select(number => new AttemptKey(Guid.NewGuid(), $"job-{number:0000}", 1, "plan", 1, 1, 1)).ToArray();
        var leftBehind = 0L;
        for (var kill = 0; kill < Kills; kill++)
        {
            foreach (var key in keys.Skip(kill * Launches / Kills).Take(Launches / Kills))
                await SendTwiceAsync(caller, new ReserveBudget(key, "shop", "claude", null, 1000, 10));
            var enough = (kill * Launches / Kills) + Random.Shared.Next(1, Launches / Kills);
            await Eventually.IsTrueAsync(() => Task.FromResult(answers.Keys.Count >= enough), $"{enough} answers", TimeSpan.FromSeconds(60));
            budget.Kill();
            leftBehind += (long)(await ScalarAsync(database, "select count(*) from budget.outbox"))!;
            budget.Start();
        }

        await Eventually.IsTrueAsync(
            async () => (long)(await ScalarAsync(database, "select count(*) from budget.reservations where state = 'settled'"))! == Launches,
            "every launch is booked", TimeSpan.FromSeconds(90));
        await Eventually.IsTrueAsync(
            async () => (long)(await ScalarAsync(database, "select count(*) from budget.outbox"))! == 0, "nothing is left to deliver", TimeSpan.FromSeconds(60));

        leftBehind.Should().BePositive("a kill that hits no message in flight proves nothing");
        answers.Keys.Keys.Should().BeEquivalentTo(keys);
        answers.Caps.Should().OnlyContain(cap => cap == 1000);
        (await ScalarAsync(database, "select count(*) from budget.ledger")).Should().Be(Launches * 3L);
        (await ScalarAsync(database, "select string_agg(distinct kind || ' ' || micro_usd || ' ' || calls, ', ' order by kind || ' ' || micro_usd || ' ' || calls) from budget.ledger"))
            .Should().Be("released 600 7, reserved 1000 10, settled 400 3");
    }

    /// <summary>As a saga does that is not sure whether the first one arrived: each has a message id of its own.</summary>
    private static Task SendTwiceAsync<T>(MessagingHost caller, T command)
        where T : class => Task.WhenAll(caller.SendAsync(Queues.Budget, command), caller.SendAsync(Queues.Budget, command));

    private static async Task<bool> HasQueueAsync(RabbitMqVhost vhost)
    {
        try
        {
            return await vhost.ReadyAsync(Queues.Budget) == 0;
        }
        catch (OperationInterruptedException)
        {
            return false;
        }
    }

    private static async Task<object?> ScalarAsync(string address, string sql)
    {
        await using var connection = new NpgsqlConnection(address);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    private sealed class Answers
    {
        public ConcurrentDictionary<AttemptKey, int> Keys { get; } = new();

        public ConcurrentBag<long?> Caps { get; } = [];
    }

    private sealed class BudgetReservedConsumer(Answers answers) : IConsumer<BudgetReserved>
    {
        public async Task Consume(ConsumeContext<BudgetReserved> context)
        {
            answers.Caps.Add(context.Message.CapMicroUsd);
            answers.Keys.AddOrUpdate(context.Message.Key, 1, (_, count) => count + 1);
            var settle = new SettleBudget(context.Message.Key, 400, 3, StepOutcome.Succeeded);
            var endpoint = await context.GetSendEndpoint(Queues.Address(Queues.Budget));
            await endpoint.Send(settle);
            await endpoint.Send(settle);
        }
    }

    /// <summary>The executable of the service, as it is deployed.</summary>
    private sealed class BudgetProcess(string database, Uri broker) : IAsyncDisposable
    {
        private Process? _process;

        public void Start()
        {
            var start = new ProcessStartInfo("dotnet")
            {
                ArgumentList = { Path.Combine(AppContext.BaseDirectory, "Orchestrator.Budget.dll") },
                RedirectStandardError = true,
                Environment =
                {
                    ["ConnectionStrings__Postgres"] = database,
                    ["ConnectionStrings__RabbitMq"] = broker.ToString(),
                    ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
                    ["Database__OutboxLease"] = "00:00:02",
                },
            };
            _process = Process.Start(start)!;
            _process.ErrorDataReceived += (_, _) => { };
            _process.BeginErrorReadLine();
        }

        public void Kill()
        {
            _process!.Kill();
            _process.WaitForExit();
            _process.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Kill();
            return ValueTask.CompletedTask;
        }
    }
}
