using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orchestrator.Messaging;
using Orchestrator.Messaging.Intake;
using Orchestrator.TestServers;
using Orchestrator.TestServers.Postgres;
using Orchestrator.TestServers.RabbitMq;
using Orchestrator.TestServers.Systems;
using RabbitMQ.Client;

namespace Orchestrator.IntegrationTests.Messaging;

/// <summary>One Gateway for the tests of failed messages, with consumers that fail on demand on the queues of all others.</summary>
public sealed class GatewayWithFaults : IAsyncLifetime
{
    private const string Token = "orch_admin_for-tests-only-0123456789abcdef";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("orchestrator-");
    private string _database = "";
    private ServiceProcess _gateway = null!;
    private MessagingHost _others = null!;

    internal RabbitMqVhost Vhost { get; private set; } = null!;

    internal HttpClient Http { get; private set; } = null!;

    internal Faults Faults { get; } = new();

    public async ValueTask InitializeAsync()
    {
        Vhost = await (await RabbitMqServer.SharedAsync()).NewVhostAsync();
        _database = await (await PostgresServer.SharedAsync()).NewDatabaseAsync();
        _gateway = ServiceProcess.Start("Gateway", new Dictionary<string, string>
        {
            ["ConnectionStrings__RabbitMq"] = Vhost.Amqp.ToString(),
            ["ConnectionStrings__Postgres"] = _database,
            ["Artifacts__Directory"] = Path.Combine(_folder.FullName, "artifacts"),
            ["Gateway__AdminToken"] = Token,
            ["ORCHESTRATOR_SECRETS"] = _folder.FullName,
        }, Path.Combine(_folder.FullName, "gateway.log"));
        _others = await MessagingHost.StartAsync(
            new() { ["ConnectionStrings:RabbitMq"] = Vhost.Amqp.ToString() }, Consumers, builder => builder.Services.AddSingleton(Faults));
        await _gateway.WaitUntilReadyAsync();
        Http = new HttpClient { BaseAddress = _gateway.Address };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
    }

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        await _others.DisposeAsync();
        await _gateway.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>Open messages of a filter, once there are so many.</summary>
    internal async Task<List<JsonElement>> OpenAsync(string filter, int count)
    {
        List<JsonElement> rows = [];
        await Eventually.IsTrueAsync(
            async () =>
            {
                rows = [.. (await GetAsync($"/v1/failed?limit=200&{filter}")).GetProperty("failed").EnumerateArray()];
                return rows.Count >= count;
            },
            $"{count} failed messages with {filter}", TimeSpan.FromSeconds(60));
        return rows.Count == count ? rows : throw new InvalidOperationException($"{rows.Count} instead of {count} with {filter}: {JsonSerializer.Serialize(rows)}");
    }

    internal Task<JsonElement> GetAsync(string path) => Http.GetFromJsonAsync<JsonElement>(path);

    internal async Task<JsonElement> PostAsync(string path, object body)
    {
        using var answer = await Http.PostAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? JsonDocument.Parse(text).RootElement : throw new InvalidOperationException($"{(int)answer.StatusCode}: {text}");
    }

    internal async Task SendAsync(string queue, string reason, Guid message, Guid correlation)
    {
        var endpoint = await _others.Bus.GetSendEndpoint(Queues.Address(queue));
        await endpoint.Send(new Break(reason), context => (context.MessageId, context.CorrelationId) = (message, correlation));
    }

    internal async Task PublishAsync(string exchange, byte[] body)
    {
        await using var connection = await Vhost.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.BasicPublishAsync(exchange, "", mandatory: true, new BasicProperties(), body);
    }

    internal async Task ExecuteAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(_database);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static void Consumers(IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<FaultyConsumer<OnPipeline>>().Endpoint(endpoint => endpoint.Name = Queues.Pipeline);
        bus.AddConsumer<FaultyConsumer<OnBudget>>().Endpoint(endpoint => endpoint.Name = Queues.Budget);
        bus.AddConsumer<FaultyConsumer<OnScheduler>>().Endpoint(endpoint => endpoint.Name = Queues.Scheduler);
        bus.AddGatedEndpoint<FaultyConsumer<OnRunners>>(Queues.PlannerRunner);
        bus.AddGatedEndpoint<FaultyConsumer<OnRunners>>(Queues.ImplementerRunner);
        bus.AddGatedEndpoint<FaultyConsumer<OnRunners>>(Queues.ReviewerRunner);
    }
}

/// <summary>A consumer type can serve one queue only, unless it is behind a gate.</summary>
internal sealed class FaultyConsumer<TQueue>(Faults faults) : IConsumer<Break>
{
    public Task Consume(ConsumeContext<Break> context)
    {
        if (faults.Broken)
            faults.Throw(context.Message.Reason);
        faults.Handled.GetOrAdd(context.MessageId!.Value, _ => []).Add((context.CorrelationId, Activity.Current?.TraceId.ToHexString()));
        return Task.CompletedTask;
    }
}
